import type { ReactElement } from 'react';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { identityApiRef } from '@backstage/frontend-plugin-api';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import type {
  DeploymentsApi,
  RolloutsApi,
} from '@forkyard/plugin-deployments-common';
import type { AlertSeverity } from '@forkyard/plugin-incidents-common';
import { alertsApiRef } from '../api/alertsApiRef';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { alertsRouteRef, entityContentRouteRef } from '../routes';
import { createAlertsApi } from './createAlertsApi';
import { createRolloutsApi } from './createRolloutsApi';
import { entity } from './deployments';

/**
 * Renders an element of the entity's page with the given port.
 *
 * Answers about permissions are remembered by entity, so a test that denies
 * names an entity of its own.
 */
export function renderWithDeployments(
  element: ReactElement,
  options: {
    api: DeploymentsApi;
    rollouts?: RolloutsApi;
    /** Severities of what fires. */
    alerts?: AlertSeverity[];
    /** User entity ref of who reads. */
    reader?: string;
    denied?: string[];
    entityName?: string;
    path?: string;
  },
) {
  const permissions = mockApis.permission({
    authorize: ({ permission }) =>
      options.denied?.includes(permission.name)
        ? AuthorizeResult.DENY
        : AuthorizeResult.ALLOW,
  });
  const { entityName: name = entity.metadata.name } = options;
  return renderInTestApp(
    <EntityProvider
      entity={{ ...entity, metadata: { ...entity.metadata, name } }}
    >
      {element}
    </EntityProvider>,
    {
      apis: [
        [deploymentsApiRef, options.api],
        [rolloutsApiRef, options.rollouts ?? createRolloutsApi()],
        [alertsApiRef, createAlertsApi(options.alerts)],
        [
          identityApiRef,
          mockApis.identity({
            userEntityRef: options.reader ?? 'user:default/ana',
          }),
        ],
        [permissionApiRef, permissions],
      ],
      mountedRoutes: {
        '/deployments': entityContentRouteRef,
        '/runbooks': alertsRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
      initialRouteEntries: [options.path ?? '/'],
    },
  );
}
