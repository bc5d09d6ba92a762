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
import type { DoraReport } from '@forkyard/plugin-deployments-common';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import request from 'supertest';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../../__testUtils__/MemoryDeploymentProvider';
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
  return {
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
    getReport: async (): Promise<DoraReport> => {
      const { body } = await request(server)
        .get(`/api/deployments/dora?entityRef=${ENTITY_REF}&days=7`)
        .set('authorization', authorization)
        .expect(200);
      return body;
    },
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
});
