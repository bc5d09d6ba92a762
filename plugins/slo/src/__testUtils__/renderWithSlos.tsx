import type { ReactElement } from 'react';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import type { DeploymentsApi } from '@forkyard/plugin-deployments-common';
import type { SloApi } from '@forkyard/plugin-slo-common';
import { deploymentHistoryApiRef, sloApiRef } from '../api/apiRefs';
import { entityContentRouteRef } from '../routes';
import { entity, liveDeployment } from './slos';

/**
 * Renders an element of the entity's page with the given port.
 *
 * Answers about permissions are remembered by entity, so a test that denies
 * names an entity of its own.
 */
export function renderWithSlos(
  element: ReactElement,
  options: {
    api: SloApi;
    listDeployments?: DeploymentsApi['listDeployments'];
    denied?: boolean;
    entityName?: string;
    path?: string;
  },
) {
  const permissions = mockApis.permission({
    authorize: options.denied ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
  });
  const {
    entityName: name = entity.metadata.name,
    listDeployments = async () => ({ items: [liveDeployment] }),
  } = options;
  return renderInTestApp(
    <EntityProvider
      entity={{ ...entity, metadata: { ...entity.metadata, name } }}
    >
      {element}
    </EntityProvider>,
    {
      apis: [
        [sloApiRef, options.api],
        [deploymentHistoryApiRef, { listDeployments }],
        [permissionApiRef, permissions],
      ],
      mountedRoutes: {
        '/slos': entityContentRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
      initialRouteEntries: [options.path ?? '/'],
    },
  );
}
