import * as fc from 'fast-check';
import { findFreezeEnd, isFrozen, type FreezeWindow } from './freezeWindows';

const MINUTE_MS = 60_000;

function weekly(
  days: number[],
  from: number,
  to: number,
  timeZone = 'Europe/Berlin',
): FreezeWindow {
  return { name: 'weekly', kind: 'weekly', days, from, to, timeZone };
}

const at = (text: string) => new Date(text);
const endAfter = (windows: FreezeWindow[], text: string) =>
  findFreezeEnd(windows, at(text)).toISOString();

describe('weekly windows', () => {
  it('go by the clocks of their time zone', () => {
    // Friday 16:00 to 20:00 in Berlin, one hour ahead of UTC in November.
    const friday = weekly([4], 16 * 60, 20 * 60);
    expect(isFrozen(friday, at('2026-11-20T14:59:59.999Z'))).toBe(false);
    expect(isFrozen(friday, at('2026-11-20T15:00:00Z'))).toBe(true);
    expect(endAfter([friday], '2026-11-20T15:00:00Z')).toBe(
      '2026-11-20T19:00:00.000Z',
    );
    // Two hours ahead in July.
    expect(endAfter([friday], '2026-07-17T15:30:00Z')).toBe(
      '2026-07-17T18:00:00.000Z',
    );
  });

  it('go past midnight, past the end of the week, and join what follows', () => {
    const night = weekly([6], 22 * 60, 6 * 60, 'UTC');
    expect(endAfter([night], '2026-11-22T23:00:00Z')).toBe(
      '2026-11-23T06:00:00.000Z',
    );
    const weekend = weekly([5, 6], 0, 24 * 60, 'UTC');
    expect(endAfter([weekend], '2026-11-21T10:00:00.001Z')).toBe(
      '2026-11-23T00:00:00.000Z',
    );
    const holiday: FreezeWindow = {
      name: 'holiday',
      kind: 'once',
      from: at('2026-11-22T12:00:00Z'),
      to: at('2026-11-24T00:00:00+01:00'),
    };
    expect(endAfter([weekend, holiday, night], '2026-11-21T10:00:00Z')).toBe(
      '2026-11-23T23:00:00.000Z',
    );
  });

  it('are over at the jump when clocks skip their end', () => {
    // Berlin: 02:00 becomes 03:00 at 01:00 UTC on 2026-03-29, a Sunday.
    const sunday = weekly([6], 60, 2 * 60 + 30);
    expect(endAfter([sunday], '2026-03-29T00:30:00Z')).toBe(
      '2026-03-29T01:00:00.000Z',
    );
    // An hour that is skipped freezes nothing.
    const skipped = weekly([6], 2 * 60, 3 * 60);
    expect(isFrozen(skipped, at('2026-03-29T00:59:59Z'))).toBe(false);
    expect(isFrozen(skipped, at('2026-03-29T01:00:00Z'))).toBe(false);
  });

  it('last twice as long in the hour that clocks show twice', () => {
    // Berlin: 03:00 becomes 02:00 at 01:00 UTC on 2026-10-25.
    const sunday = weekly([6], 2 * 60, 3 * 60);
    expect(endAfter([sunday], '2026-10-25T00:30:00Z')).toBe(
      '2026-10-25T02:00:00.000Z',
    );
  });

  it('end soon enough to be told even when they cover the whole week', () => {
    const always = weekly([0, 1, 2, 3, 4, 5, 6], 0, 24 * 60);
    const end = findFreezeEnd([always], at('2026-11-21T10:00:00Z'));
    expect(end > at('2026-12-05T00:00:00Z')).toBe(true);
  });

  it('hold at every moment before the end that is told and not at the end, whatever clocks do', () => {
    const window = fc
      .record({
        days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), {
          minLength: 1,
          maxLength: 3,
        }),
        from: fc.integer({ min: 0, max: 1439 }),
        to: fc.integer({ min: 0, max: 1440 }),
        timeZone: fc.constantFrom(
          'UTC',
          'Europe/Berlin',
          'America/New_York',
          'Australia/Lord_Howe', // moves its clocks by half an hour
          'Asia/Kathmandu',
          'Pacific/Apia',
        ),
      })
      .map(({ days, from, to, timeZone }) => weekly(days, from, to, timeZone));
    // Around the days on which clocks move, north and south.
    const moment = fc
      .tuple(
        fc.constantFrom(
          '2026-03-08T00:00:00Z',
          '2026-03-29T00:00:00Z',
          '2026-04-04T15:00:00Z',
          '2026-10-03T15:30:00Z',
          '2026-10-25T00:00:00Z',
          '2026-11-01T05:00:00Z',
        ),
        fc.integer({ min: -3 * 1440, max: 3 * 1440 }),
        fc.integer({ min: 0, max: 59_999 }),
      )
      .map(
        ([day, minutes, rest]) =>
          new Date(at(day).getTime() + minutes * MINUTE_MS + rest),
      );
    fc.assert(
      fc.property(
        fc.array(window, { minLength: 1, maxLength: 2 }),
        moment,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (windows, now, share) => {
          const end = findFreezeEnd(windows, now);
          const holds = (when: Date) =>
            windows.some(each => isFrozen(each, when));
          const isHeld = holds(now);
          const between = new Date(
            Math.floor(
              now.getTime() + share * (end.getTime() - 1 - now.getTime()),
            ),
          );
          expect({
            end: holds(end),
            later: end > now,
            before: isHeld && holds(new Date(end.getTime() - 1)),
            between: isHeld && holds(between),
          }).toEqual({
            end: false,
            later: isHeld,
            before: isHeld,
            between: isHeld,
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
