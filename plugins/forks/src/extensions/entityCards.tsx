import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { ANNOTATION_BASE } from '@forkyard/plugin-forks-common';

/**
 * Extension id: `entity-card:forks/about-fork`. On every entity that names the
 * base it was forked from.
 */
export const aboutForkCard = EntityCardBlueprint.make({
  name: 'about-fork',
  params: {
    type: 'info',
    filter: entity => Boolean(entity.metadata.annotations?.[ANNOTATION_BASE]),
    loader: () =>
      import('../components/AboutForkCard').then(({ AboutForkCard }) => (
        <AboutForkCard />
      )),
  },
});
