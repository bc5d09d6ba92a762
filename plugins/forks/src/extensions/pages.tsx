import { PageBlueprint } from '@backstage/frontend-plugin-api';
import { rootRouteRef } from '../routes';

/** Extension id: `page:forks`. The portfolio and the provisionings below it. */
export const forksPage = PageBlueprint.make({
  params: {
    path: '/forks',
    title: 'Forks',
    routeRef: rootRouteRef,
    loader: () =>
      import('../components/ForksRouter').then(({ ForksRouter }) => (
        <ForksRouter />
      )),
  },
});
