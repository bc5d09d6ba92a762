import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isChargedEntity } from '../presentation/isChargedEntity';

export const costCard = EntityCardBlueprint.make({
  name: 'month',
  params: {
    filter: isChargedEntity,
    type: 'content',
    loader: async () => {
      const { CostCard } = await import('../components/CostCard');
      return <CostCard />;
    },
  },
});
