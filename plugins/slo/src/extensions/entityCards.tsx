import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isMeasuredEntity } from '../presentation/isMeasuredEntity';

export const errorBudgetCard = EntityCardBlueprint.make({
  name: 'error-budget',
  params: {
    filter: isMeasuredEntity,
    type: 'content',
    loader: async () => {
      const { ErrorBudgetCard } = await import('../components/ErrorBudgetCard');
      return <ErrorBudgetCard />;
    },
  },
});
