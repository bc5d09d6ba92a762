import type { ReactElement } from 'react';
import type { Entity } from '@backstage/catalog-model';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import type { CostApi } from '@forkyard/plugin-cost-common';
import { costApiRef } from '../api/costApiRef';
import { billRouteRef, entityContentRouteRef } from '../routes';

/**
 * Renders an element of an entity's page with the given port.
 *
 * Answers about permissions are remembered by entity, so a test that denies
 * names an entity of its own.
 */
export function renderWithCost(
  element: ReactElement,
  options: { api: CostApi; entity: Entity; denied?: boolean },
) {
  const permissions = mockApis.permission({
    authorize: () =>
      options.denied ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
  });
  return renderInTestApp(
    <EntityProvider entity={options.entity}>{element}</EntityProvider>,
    {
      apis: [
        [costApiRef, options.api],
        [permissionApiRef, permissions],
      ],
      mountedRoutes: {
        '/bill': billRouteRef,
        '/cost': entityContentRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}
