import { headingFragment, resolveRunbookLink } from './resolveRunbookLink';

const path = 'docs/runbooks/high error.md';

describe('a link in a runbook', () => {
  it.each([
    ['roll-back.md', 'docs/runbooks/roll-back.md', ''],
    ['./roll-back.md#go-back', 'docs/runbooks/roll-back.md', 'go-back'],
    ['../runbooks/roll-back.md', 'docs/runbooks/roll-back.md', ''],
    ['Gr%C3%B6%C3%9Fe.MD', 'docs/runbooks/Größe.MD', ''],
    ['/docs/runbooks/roll-back.md', 'docs/runbooks/roll-back.md', ''],
    ['#3-stop-the-harm', path, '3-stop-the-harm'],
    ['%E0%A4%A.md', 'docs/runbooks/%E0%A4%A.md', ''],
  ])('%s leads to a runbook of the folder', (link, target, fragment) => {
    expect(resolveRunbookLink(link, path)).toEqual({
      kind: 'runbook',
      path: target,
      fragment,
    });
  });

  it.each(['https://www.vercel-status.com/', 'HTTP://example.com/it.md'])(
    '%s leads to a page',
    link => {
      expect(resolveRunbookLink(link, path)).toEqual({
        kind: 'page',
        address: new URL(link).href,
      });
    },
  );

  it.each([
    '../../README.md',
    '../roll-back.md',
    'deeper/roll-back.md',
    'diagram.png',
    '/catalog',
    '//example.com/roll-back.md',
    '\\\\example.com\\roll-back.md',
    ' javascript:alert(1)//roll-back.md',
    'data:text/html,roll-back.md',
    'mailto:team@example.com',
    'https://',
    '',
  ])('"%s" leads nowhere', link => {
    expect(resolveRunbookLink(link, path)).toBeUndefined();
  });
});

describe('headingFragment', () => {
  it('names a heading as GitHub does', () => {
    expect(headingFragment(' 1. Is it down, or "slow"? ')).toBe(
      '1-is-it-down-or-slow',
    );
  });
});
