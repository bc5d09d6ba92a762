import { HomeSectionBlueprint } from '@forkyard/frontend-kit';

/**
 * Extension id: `home-section:forks`. What of the forks needs the reader, on a home page that takes sections.
 */
export const forksHomeSection = HomeSectionBlueprint.make({
  params: {
    loader: async () => {
      const { ForksHomeSection } =
        await import('../components/ForksHomeSection');
      return <ForksHomeSection />;
    },
  },
});
