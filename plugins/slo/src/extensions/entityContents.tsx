import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isMeasuredEntity } from '../presentation/isMeasuredEntity';
import { entityContentRouteRef } from '../routes';

export const sloContent = EntityContentBlueprint.make({
  params: {
    path: '/slos',
    title: 'SLOs',
    routeRef: entityContentRouteRef,
    filter: isMeasuredEntity,
    loader: async () => {
      const { SloContent } = await import('../components/SloContent');
      return <SloContent />;
    },
  },
});
