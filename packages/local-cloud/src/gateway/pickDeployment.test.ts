import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { pickDeployment, type TrafficSplit } from './pickDeployment';

const stable = { id: 'stable' };
const canary = { id: 'canary' };

function splitOf(
  percentage: number,
  changes: Partial<TrafficSplit<{ id: string }>> = {},
) {
  return {
    id: 'rr_1',
    cookieName: '_vcrr_prj',
    percentage,
    findCanary: () => canary,
    announcesCanary: false,
    ...changes,
  };
}

function visit(
  percentage: number,
  cookie?: string,
  options: {
    url?: string;
    split?: Partial<TrafficSplit<{ id: string }>>;
  } = {},
) {
  const request = {
    url: options.url ?? '/',
    headers: cookie === undefined ? {} : { cookie },
  } as IncomingMessage;
  const picked = pickDeployment(
    { deployment: stable, split: splitOf(percentage, options.split) },
    request,
  );
  const given = picked.headers?.['set-cookie'];
  return {
    id: picked.deployment.id,
    given,
    header: picked.headers?.['x-vercel-canary-id'],
    cookie: given?.split(';')[0] ?? cookie,
  };
}

describe('pickDeployment', () => {
  it('takes nobody out of the canary while its share grows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), {
          minLength: 2,
          maxLength: 10,
        }),
        percentages => {
          const [first, ...rest] = percentages.sort((a, b) => a - b);
          let { id, cookie } = visit(first);
          for (const percentage of rest) {
            const next = visit(percentage, cookie);
            expect(next.given).toBeUndefined();
            expect([id, next.id]).not.toEqual(['canary', 'stable']);
            ({ id, cookie } = next);
          }
        },
      ),
    );
  });

  it('gives nobody the canary at 0 % and everybody at 100 %, whatever the cookie', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), value => {
        const cookie = value === null ? undefined : `_vcrr_prj=rr_1.${value}`;
        fc.pre(value !== '-1' && value !== '10000');
        expect(visit(0, cookie).id).toBe('stable');
        expect(visit(100, cookie).id).toBe('canary');
      }),
    );
  });

  it('lets a visitor choose for the length of one release', () => {
    const forced = visit(0, undefined, { url: '/a?b=1&vcrrForceCanary=true' });
    expect(forced.id).toBe('canary');
    expect(visit(0, forced.cookie).id).toBe('canary');
    const back = visit(99, forced.cookie, { url: '/?vcrrForceStable=true' });
    expect(back.id).toBe('stable');
    expect(visit(99, back.cookie).id).toBe('stable');
    const later = visit(0, forced.cookie, { split: { id: 'rr_2' } });
    expect(later.id).toBe('stable');
    expect(later.given).toContain('_vcrr_prj=rr_2.');
    expect(visit(0, undefined, { url: '/vcrrForceCanary=true' }).id).toBe(
      'stable',
    );
  });

  it('names the canary in a header only where that is asked for and true', () => {
    const announces = { announcesCanary: true };
    expect(visit(100, undefined, { split: announces }).header).toBe('canary');
    expect(visit(0, undefined, { split: announces }).header).toBeUndefined();
    expect(visit(100).header).toBeUndefined();
  });

  it('answers from the stable version when the canary is gone', () => {
    const gone = { findCanary: () => undefined };
    expect(visit(100, undefined, { split: gone }).id).toBe('stable');
  });
});
