import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type {
  DoraReport,
  EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import request from 'supertest';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../../__testUtils__/MemoryDeploymentProvider';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { DatabaseRolloutStore } from '../../database/rollouts/DatabaseRolloutStore';
import deploymentsPlugin from '../../index';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const ENTITY_REF = 'component:default/shop';

async function start() {
  const provider = new MemoryDeploymentProvider();
  const scheduler = mockServices.scheduler.mock();
  const knex = await databases.init('POSTGRES_18');
  const { server } = await startTestBackend({
    features: [
      deploymentsPlugin,
      createBackendModule({
        pluginId: 'deployments',
        moduleId: 'memory',
        register(env) {
          env.registerInit({
            deps: { providers: deploymentsProviderExtensionPoint },
            async init({ providers }) {
              providers.addProvider(provider);
            },
          });
        },
      }),
      mockServices.database.factory({ knex }),
      mockServices.permissions.mock({
        authorize: async requests =>
          requests.map(() => ({ result: AuthorizeResult.ALLOW })),
      }).factory,
      scheduler.factory,
      catalogServiceMock.factory({
        entities: [
          {
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Component',
            metadata: {
              name: 'shop',
              namespace: 'default',
              etag: 'one',
              annotations: { [MEMORY_ANNOTATION]: 'prj_1' },
            },
          },
        ],
      }),
    ],
  });
  const authorization = mockCredentials.user.header();
  const read = async (path: string) => {
    const { body } = await request(server)
      .get(`/api/deployments/${path}`)
      .set('authorization', authorization)
      .expect(200);
    return body;
  };
  return {
    knex,
    scheduler,
    /** The provider builds a commit if it has not, and serves it. */
    serve: async (externalId: string, commit: string) => {
      if (!provider.deployments.has(externalId)) {
        provider.put({
          externalId,
          commit: { sha: commit.repeat(40), message: externalId },
          createdAt: new Date(),
        });
      }
      provider.setLive(externalId);
      await request(server)
        .post('/api/deployments/reconcile')
        .set('authorization', authorization)
        .send({ entityRef: ENTITY_REF })
        .expect(200);
    },
    getReport: (): Promise<DoraReport> =>
      read(`dora?entityRef=${ENTITY_REF}&days=7`),
    getStatus: (): Promise<EntityDeploymentStatus> =>
      read(`status?entityRef=${ENTITY_REF}`),
  };
}

describe('delivery performance in the plugin', () => {
  it('counts what the provider was seen to serve, and what it went back from', async () => {
    const { serve, getReport, scheduler } = await start();
    await serve('one', 'a');
    await serve('two', 'b');
    await serve('one', 'a');
    const report = await getReport();
    expect(report).toMatchObject({
      entities: 1,
      asOf: expect.any(String),
      knownSince: expect.any(String),
    });
    const cases = Object.fromEntries(
      report.metrics.map(({ metric, cases: of, count, unknown }) => [
        metric,
        [of, count, unknown],
      ]),
    );
    expect(cases).toEqual({
      'deployment-frequency': [2, undefined, 0],
      // Nobody told where the commits are.
      'change-lead-time': [0, undefined, 2],
      'change-fail-rate': [2, 1, 0],
      'failed-deployment-recovery-time': [1, undefined, 0],
      'rework-rate': [2, 0, 0],
    });

    await serve('three', 'c');
    expect((await getReport()).metrics[4]).toMatchObject({
      metric: 'rework-rate',
      count: 1,
      cases: 3,
    });
    expect(scheduler.scheduleTask).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'read-commits' }),
    );
  });

  it('counts as the portfolio does, day by day, also what came back or never had all of the traffic', async () => {
    const { serve, getReport, getStatus, knex } = await start();
    for (const [id, commit] of ['one a', 'two b', 'one a', 'three c'].map(
      served => served.split(' '),
    )) {
      await serve(id, commit);
    }
    const now = Date.now();
    const daysAgo = (days: number) => new Date(now - days * 86_400_000);
    const spans = await knex('live_deployments').orderBy('id').pluck('id');
    for (const [index, id] of spans.entries()) {
      await knex('live_deployments')
        .where({ id })
        .update({ from_at: daysAgo(spans.length - index) });
    }
    const { id } = await new DatabaseRolloutStore(knex).insert({
      entityRef: ENTITY_REF,
      environment: 'production',
      deploymentId: 'memory:four',
      deploymentCreatedAt: daysAgo(1).toISOString(),
      plan: createTestPlan(),
      project: { provider: 'memory', projectId: 'prj_1' },
      byPerson: false,
      createdBy: 'ben',
      reason: 'A new version is ready.',
    });
    await knex('rollouts')
      .where({ id })
      .update({
        state: 'aborted',
        ended_at: daysAgo(0),
        progress: { trafficSince: daysAgo(1).toISOString() },
      });
    await knex('delivery_folds').delete();
    const { deploysByDay } = await getStatus();
    const day = (days: number) => daysAgo(days).toISOString().slice(0, 10);
    expect(deploysByDay).toEqual([
      { date: day(4), count: 1 },
      { date: day(3), count: 1 },
      { date: day(1), count: 2 },
    ]);
    const { buckets, metrics } = await getReport();
    expect(
      buckets.flatMap(({ day: date, deployments: count }) =>
        count ? [{ date, count }] : [],
      ),
    ).toEqual(deploysByDay);
    expect(metrics[0]).toMatchObject({
      metric: 'deployment-frequency',
      cases: 4,
    });
  });
});
