import type { DoraMetric } from '@forkyard/plugin-deployments-common';
import {
  createChange,
  createMetrics,
  failedChange,
} from '../__testUtils__/dora';
import {
  describeCases,
  describeLeadTime,
  describeOutcome,
  describeTrend,
  fittingUnit,
  formatMetricValue,
  formatSeconds,
} from './doraWords';

const [frequency, leadTime] = createMetrics();
const before = (metric: DoraMetric, value?: number) => ({
  ...metric,
  previous: { value, cases: 1, unknown: 0 },
});

describe('the words of delivery performance', () => {
  it('write times from seconds to weeks in at most two units', () => {
    expect(
      [0, 42, 3_900, 30 * 3_600, 49 * 3_600, 96 * 3_600, 400 * 3_600].map(
        formatSeconds,
      ),
    ).toEqual(['< 1 s', '42 s', '1 h 5 min', '30 h', '2 d 1 h', '4 d', '16 d']);
  });

  it('write values with their unit, and never more digits than are meant', () => {
    expect(formatMetricValue(2.84, 'per-week')).toBe('2.8 a week');
    expect(formatMetricValue(25.4, 'per-week')).toBe('25 a week');
    expect(formatMetricValue(0.0825, 'ratio')).toBe('8.3 %');
    expect(formatMetricValue(0, 'ratio')).toBe('0 %');
  });

  it('judge a trend by what is better, and take little for the same', () => {
    expect(describeTrend(before(frequency, 2.75))).toEqual({
      direction: 'same',
      text: 'As before: 2.8 a week',
    });
    expect(describeTrend(before(frequency, 5))).toMatchObject({
      direction: 'down',
      judgement: 'worse',
    });
    expect(describeTrend(before(leadTime, 9_000))).toEqual({
      direction: 'down',
      judgement: 'better',
      text: 'Better than before: 2 h 30 min',
    });
    expect(describeTrend(before(frequency, 0))).toMatchObject({
      direction: 'up',
      judgement: 'better',
    });
  });

  it('compare nothing with what is not known', () => {
    expect(describeTrend(before(frequency))).toEqual({
      direction: 'unknown',
      text: 'Not known of the period before',
    });
    expect(
      describeTrend(before({ ...frequency, value: undefined }, 1)),
    ).toEqual({
      direction: 'unknown',
      text: 'In the period before: 1 a week',
    });
  });

  it('count one in the singular, and tell of what is unknown', () => {
    expect(describeCases({ ...frequency, cases: 1 })).toBe('1 deployment');
    expect(describeCases({ ...leadTime, cases: 1, unknown: 0 })).toBe(
      'of 1 commit',
    );
    expect(describeCases(leadTime)).toBe('of 9 commits, 2 more unknown');
  });

  it('tell what became of a deployment', () => {
    expect(describeOutcome(createChange({ id: 'one' })).label).toBe('Kept');
    expect(describeOutcome(failedChange)).toMatchObject({
      status: 'failing',
      label: 'Rolled back after 42 s',
    });
    expect(
      describeLeadTime(
        createChange({
          id: 'again',
          leadTime: 'repeated',
          leadTimeSeconds: undefined,
        }),
      ),
    ).toBe('Deployed again');
  });
});

describe('the unit of an axis of times', () => {
  it.each([
    [[], 'seconds'],
    [[42, 90], 'seconds'],
    [[90, 3_600], 'minutes'],
    [[600, 20_000], 'hours'],
    [[600, 400_000], 'days'],
  ])('for %j is %s', (seconds, name) => {
    expect(fittingUnit(seconds).name).toBe(name);
  });
});
