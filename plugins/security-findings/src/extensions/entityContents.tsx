import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isScannedEntity } from '../presentation/isScannedEntity';
import { entityContentRouteRef } from '../routes';

export const securityContent = EntityContentBlueprint.make({
  params: {
    path: '/security',
    title: 'Security',
    routeRef: entityContentRouteRef,
    filter: isScannedEntity,
    loader: async () => {
      const { SecurityContent } = await import('../components/SecurityContent');
      return <SecurityContent />;
    },
  },
});
