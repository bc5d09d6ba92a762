import { addDays, daysBetween } from './calendar';
import { planFetches } from './planFetches';

const now = new Date('2026-11-21T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

const checked = (from: string, to: string, at: Date) =>
  daysBetween(from, to).map((day): [string, Date] => [day, at]);

describe('planFetches', () => {
  it('begins with the last three days, then goes back month by month', () => {
    const ranges = planFetches({
      now,
      backfillMonths: 13,
      checkedAt: new Map(),
    });
    expect(ranges[0]).toEqual({ from: '2026-11-19', to: '2026-11-21' });
    expect(ranges[1]).toEqual({ from: '2026-10-19', to: '2026-11-18' });
    expect(ranges.at(-1)!.from).toBe('2025-10-01');
    for (const { from, to } of ranges) {
      expect(daysBetween(from, to).length).toBeLessThanOrEqual(31);
    }
    expect(ranges.slice(1).map(({ to }) => addDays(to, 1))).toEqual(
      ranges.slice(0, -1).map(({ from }) => from),
    );
  });

  it('asks for what is settled only once', () => {
    const checkedAt = new Map(
      checked('2025-10-01', '2026-11-21', hoursAgo(23)),
    );
    expect(planFetches({ now, backfillMonths: 13, checkedAt })).toEqual([
      { from: '2026-11-19', to: '2026-11-21' },
    ]);
  });

  it('asks once a day for this month and the one before, for corrections', () => {
    const checkedAt = new Map(
      checked('2025-10-01', '2026-11-21', hoursAgo(25)),
    );
    expect(planFetches({ now, backfillMonths: 13, checkedAt })).toEqual([
      { from: '2026-11-19', to: '2026-11-21' },
      { from: '2026-10-19', to: '2026-11-18' },
      { from: '2026-10-01', to: '2026-10-18' },
    ]);
  });

  it('goes on where it stopped, and fills gaps', () => {
    const checkedAt = new Map([
      ...checked('2026-10-01', '2026-11-21', hoursAgo(1)),
      ...checked('2026-08-01', '2026-09-10', hoursAgo(1)),
    ]);
    expect(planFetches({ now, backfillMonths: 4, checkedAt }).slice(1)).toEqual(
      [
        { from: '2026-09-11', to: '2026-09-30' },
        { from: '2026-07-01', to: '2026-07-31' },
      ],
    );
  });

  it('asks for this month alone when nothing older is wanted', () => {
    expect(
      planFetches({ now, backfillMonths: 0, checkedAt: new Map() }),
    ).toEqual([
      { from: '2026-11-19', to: '2026-11-21' },
      { from: '2026-11-01', to: '2026-11-18' },
    ]);
  });
});
