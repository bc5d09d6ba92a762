/*
 * Runs the plugin alone, with a catalog of one entity and a platform that
 * exists only in memory. It needs a PostgreSQL:
 *
 *   DATABASE_URL=postgresql://... backstage-cli package start
 *
 *   curl 'localhost:7007/api/deployments/status?entityRef=component:default/shop'
 *   curl 'localhost:7007/api/deployments/deployments?entityRef=component:default/shop'
 *   curl -X POST 'localhost:7007/api/deployments/deployments/memory%3Atwo/promote'
 *   curl 'localhost:7007/api/deployments/rollouts?entityRef=component:default/shop'
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import { sloServiceRef } from '@forkyard/plugin-slo-node';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../src/__testUtils__/MemoryDeploymentProvider';
import { MemorySloService } from '../src/__testUtils__/MemorySloService';

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

/** Both versions serve a hundred requests a second, and both of them well. */
const slo = new MemorySloService();
setInterval(() => {
  slo.serve('one', { requests: 95 });
  slo.serve('two', { requests: 5 });
}, 1000);

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
backend.add(
  createServiceFactory({
    service: sloServiceRef,
    deps: {},
    factory: () => slo,
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
