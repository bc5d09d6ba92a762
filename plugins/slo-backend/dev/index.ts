/*
 * Runs the plugin alone, with a catalog of one entity, its OpenSLO file in
 * memory and a drain whose secret is "secret-of-drains". It needs a PostgreSQL:
 *
 *   DATABASE_URL=postgresql://... backstage-cli package start
 *
 *   row="{\"requestId\":\"$RANDOM\",\"projectId\":\"prj_1\",\"deploymentId\":\"dpl_1\",\"environment\":\"production\",\"statusCode\":500,\"timestamp\":$(date +%s000),\"proxy\":{\"timestamp\":$(date +%s000),\"method\":\"GET\",\"host\":\"shop\",\"path\":\"/\",\"statusCode\":500}}"
 *   curl localhost:7007/api/slo/drains/vercel/logs -d "$row" \
 *     -H "x-vercel-signature: $(printf %s "$row" | openssl dgst -sha1 -hmac secret-of-drains -r | cut -d ' ' -f 1)"
 *   curl 'localhost:7007/api/slo/slos?entityRef=component:default/shop'
 *   curl 'localhost:7007/api/slo/traffic?entityRef=component:default/shop'
 *   curl 'localhost:7007/api/slo/alerts?entityRef=component:default/shop'
 */
import { readFile } from 'node:fs/promises';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
  type UrlReaderService,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';

const port = Number(process.env.PORT ?? 7007);
const sloFile = `${__dirname}/../../../templates/base-app/slo.yaml`;

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
      slo: { vercel: { drainSecret: 'secret-of-drains' } },
    },
  }),
);
backend.add(mockServices.auth.factory());
backend.add(mockServices.httpAuth.factory());
backend.add(mockServices.permissions.factory());
backend.add(
  createServiceFactory({
    service: coreServices.urlReader,
    deps: {},
    factory: (): UrlReaderService => ({
      readUrl: async () => ({ buffer: () => readFile(sloFile) }),
      readTree: async () => {
        throw new Error('There are no trees here');
      },
      search: async () => ({ etag: '', files: [] }),
    }),
  }),
);
backend.add(
  createServiceFactory({
    service: deploymentsServiceRef,
    deps: {},
    factory: () =>
      mockDeploymentsService({
        listProjects: async () => ({
          items: [
            {
              entityRef: 'component:default/shop',
              provider: 'vercel',
              projectId: 'prj_1',
            },
          ],
        }),
      }),
  }),
);
backend.add(
  catalogServiceMock.factory({
    entities: [
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: {
          name: 'shop',
          annotations: {
            'forkyard.dev/slo': 'slo.yaml',
            'backstage.io/managed-by-location': 'file:catalog.yaml',
            'github.com/project-slug': 'acme/shop',
          },
        },
      },
    ],
  }),
);
backend.add(import('../src'));
backend.start();
