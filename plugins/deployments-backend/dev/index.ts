/*
 * Runs the plugin alone, with a catalog of one entity and a platform that
 * exists only in memory. It needs a PostgreSQL:
 *
 *   DATABASE_URL=postgresql://... backstage-cli package start
 *
 *   curl 'localhost:7007/api/deployments/status?entityRef=component:default/shop'
 *   curl 'localhost:7007/api/deployments/deployments?entityRef=component:default/shop'
 *   curl -X POST 'localhost:7007/api/deployments/deployments/memory%3Atwo/promote'
 */
import { createBackend } from '@backstage/backend-defaults';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../src/__testUtils__/MemoryDeploymentProvider';

const port = Number(process.env.PORT ?? 7007);

const provider = new MemoryDeploymentProvider();
provider.put({
  externalId: 'one',
  createdAt: new Date('2026-11-20T09:00:00Z'),
});
provider.put({
  externalId: 'two',
  createdAt: new Date('2026-11-21T09:00:00Z'),
});
provider.setLive('one');

const backend = createBackend();
backend.add(
  mockServices.rootConfig.factory({
    data: {
      backend: {
        baseUrl: `http://localhost:${port}`,
        listen: { host: '127.0.0.1', port },
        database: {
          client: 'pg',
          connection: process.env.DATABASE_URL ?? '',
          pluginDivisionMode: 'schema',
          ensureSchemaExists: true,
        },
      },
    },
  }),
);
backend.add(mockServices.auth.factory());
backend.add(mockServices.httpAuth.factory());
backend.add(mockServices.permissions.factory());
backend.add(
  catalogServiceMock.factory({
    entities: [
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: {
          name: 'shop',
          annotations: { [MEMORY_ANNOTATION]: 'prj_1' },
        },
      },
    ],
  }),
);
backend.add(
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
);
backend.add(import('../src'));
backend.start();
