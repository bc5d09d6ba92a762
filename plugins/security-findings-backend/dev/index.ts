/*
 * Runs the plugin alone on local-cloud's GitHub, with a catalog of one entity.
 * It needs a PostgreSQL and a local-cloud (npm start in the root runs one):
 *
 *   DATABASE_URL=postgresql://... GITHUB_API_URL=http://127.0.0.1:4391 \
 *     GITHUB_TOKEN=... backstage-cli package start
 *
 *   curl -X POST -H 'content-type: application/json' \
 *     -d '{"entityRef":"component:default/base-app"}' \
 *     localhost:7007/api/security-findings/refresh
 *   curl 'localhost:7007/api/security-findings/findings?entityRef=component:default/base-app'
 */
import { createBackend } from '@backstage/backend-defaults';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';

const port = Number(process.env.PORT ?? 7007);
const apiBaseUrl = process.env.GITHUB_API_URL ?? 'http://127.0.0.1:4391';
const { host } = new URL(apiBaseUrl);

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
      integrations: {
        github: [
          {
            host,
            apiBaseUrl,
            rawBaseUrl: apiBaseUrl,
            token: process.env.GITHUB_TOKEN ?? '',
          },
        ],
      },
      securityFindings: { github: { host } },
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
          name: 'base-app',
          annotations: { 'github.com/project-slug': 'acme/base-app' },
        },
      },
    ],
  }),
);
backend.add(
  createServiceFactory({
    service: deploymentsServiceRef,
    deps: {},
    // Nothing is live here, so that the headers scan is off.
    factory: () =>
      mockDeploymentsService({
        getEntityStatus: async ({ entityRef }) => ({
          entityRef,
          environments: [],
        }),
      }),
  }),
);
backend.add(import('../src'));
backend.start();
