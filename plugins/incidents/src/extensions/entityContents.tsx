import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isOperatedEntity } from '../presentation/isOperatedEntity';
import { entityContentRouteRef } from '../routes';

/** Extension id: `entity-content:incidents`. */
export const runbooksContent = EntityContentBlueprint.make({
  params: {
    path: '/runbooks',
    title: 'Alerts and runbooks',
    routeRef: entityContentRouteRef,
    filter: isOperatedEntity,
    loader: async () => {
      const { RunbooksContent } = await import('../components/RunbooksContent');
      return <RunbooksContent />;
    },
  },
});
