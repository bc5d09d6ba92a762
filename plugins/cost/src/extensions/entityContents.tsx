import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isChargedEntity, isGroup } from '../presentation/isChargedEntity';
import { entityContentRouteRef } from '../routes';

export const costContent = EntityContentBlueprint.make({
  params: {
    path: '/cost',
    title: 'Cost',
    routeRef: entityContentRouteRef,
    filter: isChargedEntity,
    loader: async () => {
      const { CostContent } = await import('../components/CostContent');
      return <CostContent />;
    },
  },
});

export const groupCostContent = EntityContentBlueprint.make({
  name: 'group',
  params: {
    path: '/cost',
    title: 'Cost',
    filter: isGroup,
    loader: async () => {
      const { GroupCostContent } =
        await import('../components/GroupCostContent');
      return <GroupCostContent />;
    },
  },
});
