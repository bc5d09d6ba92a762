import {
  coreExtensionData,
  createExtensionInput,
  createFrontendPlugin,
  createRouteRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import HomeIcon from '@mui/icons-material/HomeOutlined';

const rootRouteRef = createRouteRef();

/**
 * The page at `/`. A plugin adds a section to it with an extension that is
 * attached to the input `sections` of `page:home` and gives a React element.
 */
const homePage = PageBlueprint.makeWithOverrides({
  inputs: { sections: createExtensionInput([coreExtensionData.reactElement]) },
  factory(originalFactory, { inputs }) {
    return originalFactory({
      path: '/',
      routeRef: rootRouteRef,
      title: 'Home',
      icon: <HomeIcon fontSize="inherit" />,
      noHeader: true,
      loader: async () => {
        const { HomePage } = await import('./HomePage');
        return (
          <HomePage
            sections={inputs.sections.map(section => ({
              id: section.node.spec.id,
              element: section.get(coreExtensionData.reactElement),
            }))}
          />
        );
      },
    });
  },
});

export const homePlugin = createFrontendPlugin({
  pluginId: 'home',
  title: 'Home',
  icon: <HomeIcon fontSize="inherit" />,
  routes: { root: rootRouteRef },
  extensions: [homePage],
});
