import type { ReactElement } from 'react';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import type { IncidentsApi } from '@forkyard/plugin-incidents-common';
import { useLocation } from 'react-router-dom';
import { incidentsApiRef } from '../api/incidentsApiRef';
import { entityContentRouteRef } from '../routes';
import { entity } from './incidents';

/**
 * Renders an element of the entity's page with the given port.
 *
 * Answers about permissions are remembered by entity, so a test that denies
 * names an entity of its own.
 */
export function renderWithIncidents(
  element: ReactElement,
  options: {
    api: IncidentsApi;
    /** Names of permissions. */
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
      <Address />
    </EntityProvider>,
    {
      apis: [
        [incidentsApiRef, options.api],
        [permissionApiRef, permissions],
      ],
      mountedRoutes: {
        '/runbooks': entityContentRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
      initialRouteEntries: [options.path ?? '/'],
    },
  );
}

/** Tells a test where it is. */
function Address() {
  const { search, hash } = useLocation();
  return <div data-testid="address">{`${search}${hash}`}</div>;
}
