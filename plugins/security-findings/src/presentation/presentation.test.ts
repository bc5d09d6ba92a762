import {
  cleanSummary,
  createFinding,
  createSummary,
  critical,
  high,
  sources,
} from '../__testUtils__/findings';
import { answerOf, placeOf } from './findingWords';
import { mergeFindings, newOnPage, reconcilePage } from './reconcilePage';
import { safeLink } from './safeLink';

describe('answerOf', () => {
  it.each([
    [createSummary(), 'failing', '1 critical, 1 high, 1 overdue.'],
    [
      createSummary({
        openCritical: 0,
        overdue: 0,
        open: { critical: 0, high: 2, medium: 1, low: 0, unknown: 3 },
      }),
      'degraded',
      '2 high, 1 medium, 3 of unknown severity.',
    ],
    [
      createSummary({
        openCritical: 0,
        openHigh: 0,
        overdue: 0,
        open: { critical: 0, high: 0, medium: 0, low: 4, unknown: 0 },
      }),
      'healthy',
      '4 low.',
    ],
    [cleanSummary, 'healthy', 'No open findings.'],
    [
      { ...cleanSummary, asOf: undefined, sources: [] },
      'unknown',
      'No source has been read yet.',
    ],
    [
      { ...cleanSummary, sources },
      'unknown',
      'No open findings known; 1 source is not read.',
    ],
  ])('says how bad it is: %#', (summary, status, sentence) => {
    expect(answerOf(summary)).toMatchObject({ status, sentence });
  });
});

describe('placeOf', () => {
  it('names package, path and line, or the address', () => {
    expect(placeOf(critical)).toBe('minimist 1.2.5 in package-lock.json:12');
    expect(placeOf(high)).toBeUndefined();
    expect(
      placeOf(createFinding({ id: 'a', location: { url: 'https://x.test/' } })),
    ).toBe('https://x.test/');
  });
});

describe('safeLink', () => {
  it('lets only http and https through', () => {
    expect(safeLink('https://example.com/a')).toBe('https://example.com/a');
    expect(safeLink('http://example.com')).toBe('http://example.com');
    for (const unsafe of [
      ['java', 'script:alert(1)'].join(''),
      'data:text/html,x',
      '/relative',
      '',
      undefined,
    ]) {
      expect(safeLink(unsafe)).toBeUndefined();
    }
  });
});

describe('a newer first page', () => {
  const at = (id: string, day: number) =>
    createFinding({ id, firstSeenAt: `2026-11-${10 + day}T00:00:00.000Z` });
  const shown = [at('a', 1), at('b', 2), at('c', 3), at('d', 4)];

  it('takes away what it reaches and no longer has, and changes the rest in place', () => {
    const changed = { ...at('b', 2), title: 'Changed' };
    const page = { items: [changed, at('c', 3)], nextCursor: 'next' };
    expect(
      reconcilePage(shown, page).map(({ id, title }) => [id, title]),
    ).toEqual([
      ['b', 'Changed'],
      ['c', 'Finding c'],
      ['d', 'Finding d'],
    ]);
  });

  it('takes away everything that a last page lacks', () => {
    expect(reconcilePage(shown, { items: [at('a', 1)] })).toHaveLength(1);
    expect(reconcilePage(shown, { items: [] })).toEqual([]);
  });

  it('keeps new ones back until they are merged in their order', () => {
    const page = { items: [at('z', 0), ...shown], nextCursor: 'next' };
    expect(reconcilePage(shown, page)).toEqual(shown);
    const added = newOnPage(shown, page);
    expect(added.map(({ id }) => id)).toEqual(['z']);
    expect(mergeFindings(shown, added).map(({ id }) => id)).toEqual([
      'z',
      'a',
      'b',
      'c',
      'd',
    ]);
  });
});
