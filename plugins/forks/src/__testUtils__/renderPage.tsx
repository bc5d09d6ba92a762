import { useLocation } from 'react-router-dom';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { forksApiRef } from '../api/forksApiRef';
import { entityPageRouteRef, rootRouteRef, templateRouteRef } from '../routes';
import type { forksApiMock } from './forksApiMock';

export const ana = mockApis.identity({
  userEntityRef: 'user:default/ana',
  ownershipEntityRefs: ['user:default/ana', 'group:default/platform'],
});

/** Renders a part of the plugin with every route it may lead to. */
export function renderPage(
  element: JSX.Element,
  options: {
    forksApi: ReturnType<typeof forksApiMock>;
    at?: string;
  },
) {
  return renderInTestApp(
    <>
      {element}
      <Address />
    </>,
    {
      apis: [[forksApiRef, options.forksApi], ana],
      initialRouteEntries: [options.at ?? '/'],
      mountedRoutes: {
        '/forks': rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
        '/entity/:namespace/:kind/:name': entityPageRouteRef,
        '/create/:namespace/:templateName': templateRouteRef,
      },
    },
  );
}

/** Shows the address, for tests to read. */
function Address() {
  const { pathname, search } = useLocation();
  return (
    <div data-testid="address" hidden>
      {pathname}
      {search}
    </div>
  );
}
