import {
  coreExtensionData,
  createExtension,
  ExtensionBoundary,
} from '@backstage/frontend-plugin-api';

/**
 * Extension id: `home-section:deployments`. Rollouts that wait for the reader's
 * approval, on a home page that takes sections.
 */
export const approvalsHomeSection = createExtension({
  kind: 'home-section',
  attachTo: { id: 'page:home', input: 'sections' },
  output: [coreExtensionData.reactElement],
  factory: ({ node }) => [
    coreExtensionData.reactElement(
      ExtensionBoundary.lazy(node, () =>
        import('../components/ApprovalsHomeSection').then(
          ({ ApprovalsHomeSection }) => <ApprovalsHomeSection />,
        ),
      ),
    ),
  ],
});
