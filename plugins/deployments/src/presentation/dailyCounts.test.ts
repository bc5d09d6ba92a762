import { createDeployment } from '../__testUtils__/deployments';
import { dailyCounts } from './dailyCounts';
import { groupByDay } from './groupByDay';

const now = new Date(2026, 10, 21, 12, 0);

function at(day: number, hour: number, state: 'ready' | 'failed' | 'building') {
  return createDeployment({
    externalId: `dpl_${day}_${hour}_${state}`,
    state,
    createdAt: new Date(2026, 10, day, hour).toISOString(),
  });
}

describe('dailyCounts', () => {
  it('counts each day by outcome, days without any included', () => {
    const counts = dailyCounts(
      [
        at(21, 9, 'building'),
        at(21, 1, 'ready'),
        at(19, 23, 'failed'),
        at(19, 0, 'ready'),
      ],
      { now, partial: false },
    );
    expect(counts.map(({ day, ...rest }) => [day.getDate(), rest])).toEqual([
      [19, { ready: 1, failed: 1, other: 0 }],
      [20, { ready: 0, failed: 0, other: 0 }],
      [21, { ready: 1, failed: 0, other: 1 }],
    ]);
  });

  it('leaves out the oldest day while older deployments are not loaded', () => {
    const counts = dailyCounts([at(21, 9, 'ready'), at(19, 23, 'ready')], {
      now,
      partial: true,
    });
    expect(counts.map(({ day }) => day.getDate())).toEqual([20, 21]);
  });

  it('reaches two weeks back at most', () => {
    const counts = dailyCounts([at(21, 9, 'ready'), at(1, 9, 'ready')], {
      now,
      partial: false,
    });
    expect(counts).toHaveLength(14);
    expect(counts.reduce((sum, { ready }) => sum + ready, 0)).toBe(1);
  });

  it('is empty without deployments', () => {
    expect(dailyCounts([], { now, partial: false })).toEqual([]);
  });
});

describe('groupByDay', () => {
  it('names today and yesterday, and keeps the order within a day', () => {
    const groups = groupByDay(
      [
        at(21, 9, 'ready'),
        at(21, 1, 'failed'),
        at(20, 9, 'ready'),
        at(3, 9, 'ready'),
      ],
      now,
    );
    expect(groups.map(({ day }) => day)).toEqual([
      '2026-11-21',
      '2026-11-20',
      '2026-11-03',
    ]);
    expect(groups.map(({ title }) => title).slice(0, 2)).toEqual([
      'Today',
      'Yesterday',
    ]);
    expect(groups[2].title).toMatch(/November 3|3 November/);
    expect(groups[0].deployments.map(({ state }) => state)).toEqual([
      'ready',
      'failed',
    ]);
  });

  it('names the year of another year', () => {
    const [group] = groupByDay(
      [
        createDeployment({
          externalId: 'dpl_last_year',
          createdAt: new Date(2025, 10, 3).toISOString(),
        }),
      ],
      now,
    );
    expect(group.title).toContain('2025');
  });
});
