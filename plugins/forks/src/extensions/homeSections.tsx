import {
  coreExtensionData,
  createExtension,
  ExtensionBoundary,
} from '@backstage/frontend-plugin-api';

/**
 * Extension id: `home-section:forks`. What of the forks needs the reader, on a
 * home page that takes sections.
 */
export const forksHomeSection = createExtension({
  kind: 'home-section',
  attachTo: { id: 'page:home', input: 'sections' },
  output: [coreExtensionData.reactElement],
  factory: ({ node }) => [
    coreExtensionData.reactElement(
      ExtensionBoundary.lazy(node, () =>
        import('../components/ForksHomeSection').then(
          ({ ForksHomeSection }) => <ForksHomeSection />,
        ),
      ),
    ),
  ],
});
