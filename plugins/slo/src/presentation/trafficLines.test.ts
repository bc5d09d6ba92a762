import type { TrafficSeries } from '@forkyard/plugin-slo-common';
import { trafficLines, trafficTotals } from './trafficLines';

describe('trafficLines', () => {
  const traffic: TrafficSeries = {
    entityRef: 'component:default/x',
    environment: 'production',
    from: '2026-11-21T12:00:00.000Z',
    to: '2026-11-21T12:10:15.000Z',
    stepMinutes: 5,
    deployments: [],
    points: [
      { at: '2026-11-21T12:00:00.000Z', requests: 50, errors: 5 },
      { at: '2026-11-21T12:05:00.000Z', requests: 0, errors: 0 },
      {
        at: '2026-11-21T12:10:00.000Z',
        requests: 3,
        errors: 0,
        p95Milliseconds: 180,
      },
    ],
  };

  it('knows no error rate where there was no request, and no duration that was not measured', () => {
    const lines = trafficLines(traffic);
    expect(
      lines.requestsPerMinute.slice(0, 2).map(({ value }) => value),
    ).toEqual([10, 0]);
    expect(lines.errorRate.map(({ value }) => value)).toEqual([
      10,
      undefined,
      0,
    ]);
    expect(lines.p50.every(({ value }) => value === undefined)).toBe(true);
    expect(lines.p95.map(({ value }) => value)).toEqual([
      undefined,
      undefined,
      180,
    ]);
    expect(trafficTotals(traffic)).toEqual({ requests: 53, errors: 5 });
  });

  it.each([
    ['2026-11-21T12:10:15.000Z', 5, undefined],
    ['2026-11-21T12:13:00.000Z', 5, 1],
    ['2026-11-21T12:15:00.000Z', 5, 0.6],
    ['2026-11-21T12:10:40.000Z', 1, undefined],
    ['2026-11-21T12:11:00.000Z', 1, 3],
  ])(
    'at %s a last step of %i min from 12:10 has the rate %p',
    (to, stepMinutes, rate) => {
      const lines = trafficLines({ ...traffic, to, stepMinutes });
      expect(lines.requestsPerMinute[2].value).toBe(rate);
    },
  );
});
