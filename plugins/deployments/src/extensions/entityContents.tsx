import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isDeployedEntity } from '../presentation/isDeployedEntity';
import { entityContentRouteRef } from '../routes';

export const deploymentsContent = EntityContentBlueprint.make({
  params: {
    path: '/deployments',
    title: 'Deployments',
    routeRef: entityContentRouteRef,
    filter: isDeployedEntity,
    loader: async () => {
      const { DeploymentsContent } =
        await import('../components/DeploymentsContent');
      return <DeploymentsContent />;
    },
  },
});
