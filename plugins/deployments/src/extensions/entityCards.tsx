import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isDeployedEntity } from '../presentation/isDeployedEntity';

export const deploymentsCard = EntityCardBlueprint.make({
  name: 'overview',
  params: {
    filter: isDeployedEntity,
    type: 'content',
    loader: async () => {
      const { DeploymentsCard } = await import('../components/DeploymentsCard');
      return <DeploymentsCard />;
    },
  },
});
