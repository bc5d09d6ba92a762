import { trafficLines } from './trafficLines';

describe('trafficLines', () => {
  it('divides the last step by the part of it that was counted', () => {
    const lines = trafficLines({
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
    });
    // No request is a rate of zero, but no error rate; a quarter of a minute is no rate.
    expect(lines.requestsPerMinute.map(({ value }) => value)).toEqual([
      10,
      0,
      undefined,
    ]);
    expect(lines.errorRate.map(({ value }) => value)).toEqual([
      10,
      undefined,
      0,
    ]);
    expect(lines.p50.every(({ value }) => value === undefined)).toBe(true);
    expect(lines).toMatchObject({ requests: 53, errors: 5 });
  });
});
