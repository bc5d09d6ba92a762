import type { ReactElement } from 'react';
import {
  coreExtensionData,
  createExtensionBlueprint,
  ExtensionBoundary,
} from '@backstage/frontend-plugin-api';

/**
 * Creates a section of the home page, which is at `page:home` and shows its
 * sections in the order of the configuration. Its id is `home-section:` and the
 * plugin's.
 *
 * @public
 */
export const HomeSectionBlueprint = createExtensionBlueprint({
  kind: 'home-section',
  attachTo: { id: 'page:home', input: 'sections' },
  output: [coreExtensionData.reactElement],
  *factory(params: { loader: () => Promise<ReactElement> }, { node }) {
    yield coreExtensionData.reactElement(
      ExtensionBoundary.lazy(node, params.loader),
    );
  },
});
