import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isScannedEntity } from '../presentation/isScannedEntity';

export const findingsCard = EntityCardBlueprint.make({
  name: 'overview',
  params: {
    filter: isScannedEntity,
    type: 'content',
    loader: async () => {
      const { FindingsCard } = await import('../components/FindingsCard');
      return <FindingsCard />;
    },
  },
});
