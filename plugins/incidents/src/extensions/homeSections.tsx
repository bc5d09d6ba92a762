import {
  coreExtensionData,
  createExtension,
  ExtensionBoundary,
} from '@backstage/frontend-plugin-api';

/**
 * Extension id: `home-section:incidents`. What fires at things of the reader,
 * on a home page that takes sections.
 */
export const firingHomeSection = createExtension({
  kind: 'home-section',
  attachTo: { id: 'page:home', input: 'sections' },
  output: [coreExtensionData.reactElement],
  factory: ({ node }) => [
    coreExtensionData.reactElement(
      ExtensionBoundary.lazy(node, () =>
        import('../components/FiringHomeSection').then(
          ({ FiringHomeSection }) => <FiringHomeSection />,
        ),
      ),
    ),
  ],
});
