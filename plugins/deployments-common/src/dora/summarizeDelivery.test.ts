import fc from 'fast-check';
import {
  bucketDelivery,
  doraPeriod,
  summarizeDelivery,
  type DeliveryFacts,
} from './summarizeDelivery';
import { doraMetricNames, type DoraMetricName } from './types';

const HOUR = 3600;
const NOW = new Date('2026-11-21T12:00:00Z');

function change(
  time: string,
  facts: Partial<Omit<DeliveryFacts, 'at'>> = {},
): DeliveryFacts {
  return {
    at: new Date(time),
    firstOfVersion: true,
    failed: false,
    isRepair: false,
    ...facts,
  };
}

/**
 * Worked by hand, for the seven days from 15 November 00:00 until noon of the
 * 21st, which are six and a half:
 * five deployments are 5 / 6.5 * 7 = 5.384615 a week; three of the four that
 * can have a lead time have 1, 2 and 6 hours, the median is 2; two of five
 * failed, 0.4, and recovered in 120 and 600 s, the median is 360; one of five
 * was a repair, 0.2. Before: one deployment of 8 hours in seven days.
 */
const worked = [
  change('2026-11-10T10:00:00Z', { leadTimeSeconds: 8 * HOUR }),
  change('2026-11-15T00:00:00Z', { leadTimeSeconds: HOUR }),
  change('2026-11-16T09:00:00Z', {
    leadTimeSeconds: 6 * HOUR,
    failed: true,
    recoverySeconds: 120,
  }),
  change('2026-11-16T11:00:00Z', { leadTimeSeconds: 2 * HOUR, isRepair: true }),
  change('2026-11-18T09:00:00Z', {
    firstOfVersion: false,
    failed: true,
    recoverySeconds: 600,
  }),
  change('2026-11-20T09:00:00Z'),
  change('2026-11-21T12:00:00Z', { leadTimeSeconds: 1 }),
];

const period = doraPeriod(NOW, 7);
const knownSince = new Date('2026-01-01T00:00:00Z');

describe('summarizeDelivery', () => {
  it('computes what was worked out by hand', () => {
    const metrics = summarizeDelivery(worked, { period, knownSince });
    expect(metrics.map(({ metric }) => metric)).toEqual(doraMetricNames);
    const none = { value: undefined, cases: 0, unknown: 0 };
    expect(metrics).toEqual([
      {
        metric: 'deployment-frequency',
        unit: 'per-week',
        value: expect.closeTo(5.384615, 6),
        cases: 5,
        unknown: 0,
        previous: { value: 1, cases: 1, unknown: 0 },
      },
      {
        metric: 'change-lead-time',
        unit: 'seconds',
        value: 2 * HOUR,
        cases: 3,
        unknown: 1,
        previous: { value: 8 * HOUR, cases: 1, unknown: 0 },
      },
      {
        metric: 'change-fail-rate',
        unit: 'ratio',
        value: 0.4,
        cases: 5,
        count: 2,
        unknown: 0,
        previous: { value: 0, cases: 1, count: 0, unknown: 0 },
      },
      {
        metric: 'failed-deployment-recovery-time',
        unit: 'seconds',
        value: 360,
        cases: 2,
        unknown: 0,
        previous: none,
      },
      {
        metric: 'rework-rate',
        unit: 'ratio',
        value: 0.2,
        cases: 5,
        count: 1,
        unknown: 0,
        previous: { value: 0, cases: 1, count: 0, unknown: 0 },
      },
    ]);
  });

  it('knows nothing where nothing is known, and never calls that zero', () => {
    for (const { value, previous } of summarizeDelivery([], { period })) {
      expect([value, previous.value]).toEqual([undefined, undefined]);
    }
  });

  it('calls it zero when the traffic was followed and nothing was deployed', () => {
    const [{ value, previous }] = summarizeDelivery([], { period, knownSince });
    expect([value, previous.value]).toEqual([0, 0]);
  });

  it('relates deployments to the time of which something is known, at least a day', () => {
    const facts = [change('2026-11-20T01:00:00Z')];
    const since = (time: string) =>
      summarizeDelivery(facts, { period, knownSince: new Date(time) })[0];
    expect(since('2026-11-20T00:00:00Z')).toMatchObject({
      value: expect.closeTo(7 / 1.5, 9),
      cases: 1,
    });
    expect(since('2026-11-20T00:00:00Z').previous.value).toBeUndefined();
    expect(since('2026-11-20T13:00:00Z')).toMatchObject({
      value: undefined,
      cases: 1,
    });
  });

  const facts = fc.array(
    fc.record({
      at: fc.date({
        min: new Date('2026-10-25T00:00:00Z'),
        max: new Date('2026-11-22T00:00:00Z'),
        noInvalidDate: true,
      }),
      firstOfVersion: fc.boolean(),
      leadTimeSeconds: fc.option(fc.nat(1e6), { nil: undefined }),
      failed: fc.boolean(),
      recoverySeconds: fc.option(fc.nat(1e5), { nil: undefined }),
      isRepair: fc.boolean(),
    }),
    { maxLength: 60 },
  );

  it('keeps ratios within 0 and 1, medians among what was measured, and accounts for every deployment', () => {
    fc.assert(
      fc.property(facts, changes => {
        const metrics = new Map(
          summarizeDelivery(changes, { period, knownSince }).map(metric => [
            metric.metric,
            metric,
          ]),
        );
        const get = (name: DoraMetricName) => metrics.get(name)!;
        const within = changes.filter(
          ({ at }) => at >= period.from && at < period.to,
        );
        expect(get('deployment-frequency').cases).toBe(within.length);
        for (const name of ['change-fail-rate', 'rework-rate'] as const) {
          const { value, cases, count } = get(name);
          expect(cases).toBe(within.length);
          expect(value === undefined).toBe(cases === 0);
          expect((value ?? 0) * cases).toBeCloseTo(count!, 9);
        }
        const lead = get('change-lead-time');
        expect(lead.cases + lead.unknown).toBe(
          within.filter(({ firstOfVersion }) => firstOfVersion).length,
        );
        const recovery = get('failed-deployment-recovery-time');
        expect(recovery.cases + recovery.unknown).toBe(
          get('change-fail-rate').count,
        );
        const times = within
          .filter(({ firstOfVersion }) => firstOfVersion)
          .flatMap(({ leadTimeSeconds }) => leadTimeSeconds ?? []);
        const isAmongThem =
          lead.value === undefined
            ? times.length === 0
            : lead.value >= Math.min(...times) &&
              lead.value <= Math.max(...times);
        expect(isAmongThem).toBe(true);
      }),
    );
  });

  it('counts every deployment of the period in exactly one bucket', () => {
    fc.assert(
      fc.property(
        facts,
        fc.constantFrom(7 as const, 30 as const, 90 as const),
        fc.constantFrom(1 as const, 7 as const),
        (changes, days, bucketDays) => {
          const whole = doraPeriod(NOW, days);
          const buckets = bucketDelivery(changes, {
            period: whole,
            bucketDays,
            knownSince,
          });
          const within = changes.filter(
            ({ at }) =>
              at >= whole.from && at < new Date('2026-11-22T00:00:00Z'),
          );
          expect(
            buckets.reduce((sum, { deployments }) => sum + deployments!, 0),
          ).toBe(within.length);
          expect(buckets[0].day).toBe(whole.from.toISOString().slice(0, 10));
          expect(buckets).toHaveLength(Math.ceil(days / bucketDays));
        },
      ),
    );
  });

  it('says of a day before anything was known that it is not known, and of a day without deployments that there were none', () => {
    const buckets = bucketDelivery(worked, {
      period,
      bucketDays: 1,
      knownSince: new Date('2026-11-16T08:00:00Z'),
    });
    expect(buckets).toHaveLength(7);
    expect(buckets[0]).toEqual({ day: '2026-11-15' });
    expect(buckets[1]).toEqual({
      day: '2026-11-16',
      deployments: 2,
      failed: 1,
      leadTimeSeconds: 4 * HOUR,
    });
    expect(buckets[2]).toEqual({
      day: '2026-11-17',
      deployments: 0,
      failed: 0,
      leadTimeSeconds: undefined,
    });
  });
});

describe('doraPeriod', () => {
  it('begins with a day in UTC and is preceded by one as long', () => {
    expect(period).toEqual({
      previousFrom: new Date('2026-11-08T00:00:00Z'),
      from: new Date('2026-11-15T00:00:00Z'),
      to: NOW,
    });
  });
});
