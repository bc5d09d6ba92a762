/*
 * Runs the plugin alone, with a catalog of one entity whose project is billed by
 * a Vercel in memory. It needs a PostgreSQL:
 *
 *   DATABASE_URL=postgresql://... backstage-cli package start
 *
 *   curl 'localhost:7007/api/cost/entities/cost?entityRef=component:default/shop'
 *   curl -X POST localhost:7007/api/cost/refresh
 */
import { createBackend } from '@backstage/backend-defaults';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';
import { createFocusRow, FakeBilling } from '../src/__testUtils__/FakeBilling';
import { addDays, toDay } from '../src/services/calendar';

const port = Number(process.env.PORT ?? 7007);
const DAYS = 30;

async function start() {
  const billing = await FakeBilling.start();
  const today = toDay(new Date());
  billing.rows = Array.from({ length: DAYS }, (_, index) =>
    createFocusRow(addDays(today, -index), 'prj_1', 0.9 + (index % 5) / 10),
  );
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
        vercel: { token: 'any', apiBaseUrl: billing.url },
        cost: { refreshSeconds: 60, backfillMonths: 1 },
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
            annotations: {
              'vercel.com/project-id': 'prj_1',
              'forkyard.dev/budget': '50',
            },
          },
        },
      ],
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
  backend.add(import('../src'));
  await backend.start();
}

start();
