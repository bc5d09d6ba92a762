import type { RollupPoint, RollupStore } from '../database/RollupStore';
import { LatencySketch } from '../ingest/LatencySketch';
import { TrafficService } from './TrafficService';

const ENTITY_REF = 'component:default/shop';
const NOW = new Date('2026-11-21T12:00:30Z');
type Query = Parameters<RollupStore['listSeries']>[0];

function point(
  at: string,
  options: Partial<Omit<RollupPoint, 'durations'>> & { durations?: number[] },
): RollupPoint {
  const sketch = LatencySketch.empty();
  for (const duration of options.durations ?? []) sketch.add(duration);
  return {
    projectId: 'prj_1',
    deploymentId: 'dpl_1',
    environment: 'production',
    requests: 0,
    errors: 0,
    ...options,
    at: new Date(at),
    durations: sketch,
  };
}

function setUp(points: RollupPoint[], projectIds = ['prj_1']) {
  const asked: Query[] = [];
  const service = new TrafficService({
    entities: { listProjectIds: async () => projectIds },
    rollups: {
      listSeries: async query => {
        asked.push(query);
        return points.filter(({ at }) => at >= query.from && at < query.to);
      },
    },
  });
  return { service, asked };
}

describe('TrafficService', () => {
  it('gives the last hour minute by minute, all together and by deployment', async () => {
    const { service, asked } = setUp([
      point('2026-11-21T11:59:00Z', {
        requests: 10,
        errors: 1,
        durations: [100, 100],
      }),
      point('2026-11-21T11:59:00Z', {
        deploymentId: 'dpl_2',
        requests: 30,
        durations: [300, 300],
      }),
    ]);
    const traffic = await service.getTraffic({ entityRef: ENTITY_REF }, NOW);
    expect(asked).toEqual([
      {
        projectIds: ['prj_1'],
        environment: 'production',
        grain: 'minute',
        from: new Date('2026-11-21T11:00:00Z'),
        to: NOW,
      },
    ]);
    expect(traffic).toMatchObject({
      stepMinutes: 1,
      environment: 'production',
    });
    expect(traffic.points).toHaveLength(61);
    expect(traffic.points[59]).toEqual({
      at: '2026-11-21T11:59:00.000Z',
      requests: 40,
      errors: 1,
      p50Milliseconds: expect.closeTo(100, -1),
      p95Milliseconds: expect.closeTo(300, -1),
      p99Milliseconds: expect.closeTo(300, -1),
    });
    expect(traffic.points[60]).toEqual({
      at: '2026-11-21T12:00:00.000Z',
      requests: 0,
      errors: 0,
    });
    expect(
      traffic.deployments.map(({ deploymentId, requests, errors }) => [
        deploymentId,
        requests,
        errors,
      ]),
    ).toEqual([
      ['vercel:dpl_2', 30, 0],
      ['vercel:dpl_1', 10, 1],
    ]);
    expect(traffic.deployments[1].points[59].p99Milliseconds).toBeCloseTo(
      100,
      -1,
    );
  });

  it('reads hours for what minutes no longer reach, in steps that a chart can show', async () => {
    const { service, asked } = setUp([
      point('2026-11-01T05:00:00Z', { requests: 7 }),
      point('2026-11-01T06:00:00Z', { requests: 5 }),
    ]);
    const traffic = await service.getTraffic(
      {
        entityRef: ENTITY_REF,
        environment: 'preview',
        from: '2026-10-24T12:30:00Z',
      },
      NOW,
    );
    expect(asked[0]).toMatchObject({ grain: 'hour', environment: 'preview' });
    expect(traffic.stepMinutes).toBe(180);
    expect(traffic.from).toBe('2026-10-24T12:00:00.000Z');
    expect(traffic.points.length).toBeLessThanOrEqual(300);
    expect(traffic.points.filter(({ requests }) => requests > 0)).toEqual([
      { at: '2026-11-01T03:00:00.000Z', requests: 7, errors: 0 },
      { at: '2026-11-01T06:00:00.000Z', requests: 5, errors: 0 },
    ]);
  });

  it('shows the five deployments with the most requests', async () => {
    const { service } = setUp(
      [1, 2, 3, 4, 5, 6, 7].map(requests =>
        point('2026-11-21T11:59:00Z', {
          deploymentId: `dpl_${requests}`,
          requests,
        }),
      ),
    );
    const traffic = await service.getTraffic({ entityRef: ENTITY_REF }, NOW);
    expect(traffic.deployments.map(({ requests }) => requests)).toEqual([
      7, 6, 5, 4, 3,
    ]);
    expect(traffic.points[59].requests).toBe(28);
  });

  it('counts what named deployments served, in whole minutes', async () => {
    const { service, asked } = setUp([
      point('2026-11-21T11:58:00Z', { requests: 1, errors: 1 }),
      point('2026-11-21T11:59:00Z', { requests: 2, durations: [50] }),
    ]);
    const { items } = await service.getCounts(
      {
        entityRef: ENTITY_REF,
        deploymentIds: ['vercel:dpl_1'],
        from: '2026-11-21T11:58:59Z',
        to: '2026-11-21T11:59:01Z',
      },
      NOW,
    );
    expect(asked[0]).toMatchObject({
      deploymentIds: ['dpl_1'],
      from: new Date('2026-11-21T11:58:00Z'),
      to: new Date('2026-11-21T12:00:00Z'),
    });
    expect(items).toEqual([
      {
        deploymentId: 'vercel:dpl_1',
        requests: 3,
        errors: 1,
        durations: 1,
        p50Milliseconds: expect.closeTo(50, 0),
        p95Milliseconds: expect.closeTo(50, 0),
        p99Milliseconds: expect.closeTo(50, 0),
      },
    ]);
  });

  it('counts how many requests were slower than asked, and none where no duration was measured', async () => {
    const { service } = setUp([
      point('2026-11-21T11:58:00Z', {
        requests: 3,
        durations: [100, 490, 510],
      }),
      point('2026-11-21T11:59:00Z', { requests: 2, durations: [499, 9000] }),
      point('2026-11-21T11:59:00Z', { deploymentId: 'dpl_2', requests: 9 }),
    ]);
    const count = (slowerThanMilliseconds?: number) =>
      service.getCounts(
        {
          entityRef: ENTITY_REF,
          from: '2026-11-21T11:58:00Z',
          to: '2026-11-21T12:00:00Z',
          slowerThanMilliseconds,
        },
        NOW,
      );
    const [timed, untimed] = (await count(505)).items;
    expect(timed).toMatchObject({ durations: 5, slow: 2 });
    expect(untimed).toEqual({
      deploymentId: 'vercel:dpl_2',
      requests: 9,
      errors: 0,
      durations: 0,
    });
    expect((await count(20_000)).items[0].slow).toBe(0);
    expect((await count()).items[0]).not.toHaveProperty('slow');
  });

  it('asks for nothing where the entity has no project', async () => {
    const { service, asked } = setUp([], []);
    const traffic = await service.getTraffic({ entityRef: ENTITY_REF }, NOW);
    expect(traffic.deployments).toEqual([]);
    expect(asked).toEqual([]);
  });
});
