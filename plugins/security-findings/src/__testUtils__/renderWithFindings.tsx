import type { ReactElement } from 'react';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import type { SecurityFindingsApi } from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../api/securityFindingsApiRef';
import { entityContentRouteRef } from '../routes';
import { entity } from './findings';

/**
 * Renders an element of the entity's page with the given port.
 *
 * Answers about permissions are remembered by entity, so a test that denies
 * names an entity of its own.
 */
export function renderWithFindings(
  element: ReactElement,
  options: {
    api: SecurityFindingsApi;
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
        [securityFindingsApiRef, options.api],
        [permissionApiRef, permissions],
      ],
      mountedRoutes: { '/security': entityContentRouteRef },
      initialRouteEntries: [options.path ?? '/'],
    },
  );
}
