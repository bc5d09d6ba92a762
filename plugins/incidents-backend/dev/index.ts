/*
 * Runs the plugin alone, with a catalog of one entity, an alert that fires, a
 * runbook and deployments that exist only in memory. It needs a PostgreSQL:
 *
 *   DATABASE_URL=postgresql://... backstage-cli package start
 *
 *   curl 'localhost:7007/api/incidents/alerts'
 *   curl 'localhost:7007/api/incidents/runbooks?entityRef=component:default/shop'
 *   curl -X POST 'localhost:7007/api/incidents/runs' -H 'content-type: application/json' \
 *     -d '{"entityRef":"component:default/shop","runbookPath":"runbooks/roll-back.md"}'
 *   curl -X POST 'localhost:7007/api/incidents/runs/<id>/steps/0/continue'
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { NotFoundError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { sloServiceRef } from '@forkyard/plugin-slo-node';
import { TestDeployments } from '../src/__testUtils__/TestDeployments';
import { TestRepository } from '../src/__testUtils__/TestRepository';
import { TestSlo } from '../src/__testUtils__/TestSlo';

const ENTITY_REF = 'component:default/shop';
const port = Number(process.env.PORT ?? 7007);

const slo = new TestSlo();
slo.add({
  id: 'alert-1',
  entityRef: ENTITY_REF,
  runbook: 'runbooks/roll-back.md',
});

const deployments = new TestDeployments(ENTITY_REF);
deployments.add('good');
deployments.add('bad');

const repository = new TestRepository();
repository.files['roll-back.md'] = [
  '# Roll back',
  '',
  'It takes seconds, and can be undone.',
  '',
  '```step',
  'type: rollback',
  '```',
].join('\n');

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
  createServiceFactory({
    service: coreServices.urlReader,
    deps: {},
    factory: () => {
      const notHere = async () => {
        throw new NotFoundError('There are only runbooks here');
      };
      return {
        readTree: repository.readTree.bind(repository),
        readUrl: notHere,
        search: notHere,
      };
    },
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
            'backstage.io/managed-by-location':
              'url:https://github.com/acme/shop/blob/main/catalog-info.yaml',
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
    factory: () => deployments.service(),
  }),
);
backend.add(
  createServiceFactory({
    service: sloServiceRef,
    deps: {},
    factory: () => slo.service(),
  }),
);
backend.add(import('../src'));
backend.start();
