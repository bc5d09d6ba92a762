/**
 * Runs the plugin alone: `npm start -w @forkyard/plugin-forks-backend`.
 *
 * It needs PostgreSQL, and local-cloud or the real providers; the environment
 * variables of `app-config.yaml` say where they are. Everybody may do
 * everything, and the catalog has one group.
 *
 * curl http://localhost:7007/api/forks/summary
 */
import { createBackend } from '@backstage/backend-defaults';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';

const backend = createBackend();

backend.add(mockServices.auth.factory());
backend.add(mockServices.httpAuth.factory());
backend.add(
  catalogServiceMock.factory({
    entities: [
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Group',
        metadata: { name: 'platform', namespace: 'default' },
        spec: { type: 'team', children: [] },
      },
    ],
  }),
);
backend.add(import('../src'));

backend.start();
