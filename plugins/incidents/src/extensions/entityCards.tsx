import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { isOperatedEntity } from '../presentation/isOperatedEntity';

/** Extension id: `entity-card:incidents/alerts`. */
export const alertsCard = EntityCardBlueprint.make({
  name: 'alerts',
  params: {
    filter: isOperatedEntity,
    type: 'content',
    loader: async () => {
      const { AlertsCard } = await import('../components/AlertsCard');
      return <AlertsCard />;
    },
  },
});
