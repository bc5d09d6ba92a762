import { HomeSectionBlueprint } from '@forkyard/frontend-kit';

/**
 * Extension id: `home-section:incidents`. What fires at things of the reader, on a home page that takes sections.
 */
export const firingHomeSection = HomeSectionBlueprint.make({
  params: {
    loader: async () => {
      const { FiringHomeSection } =
        await import('../components/FiringHomeSection');
      return <FiringHomeSection />;
    },
  },
});
