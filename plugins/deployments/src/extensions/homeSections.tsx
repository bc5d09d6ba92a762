import { HomeSectionBlueprint } from '@forkyard/frontend-kit';

/**
 * Extension id: `home-section:deployments`. Rollouts that wait for the reader's approval, on a home page that takes sections.
 */
export const approvalsHomeSection = HomeSectionBlueprint.make({
  params: {
    loader: async () => {
      const { ApprovalsHomeSection } =
        await import('../components/ApprovalsHomeSection');
      return <ApprovalsHomeSection />;
    },
  },
});
