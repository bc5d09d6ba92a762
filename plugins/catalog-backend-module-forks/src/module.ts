import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { ForkRelationProcessor } from './ForkRelationProcessor';

/**
 * Adds the relations `forkOf` and `hasFork` to the catalog.
 *
 * @public
 */
export const catalogModuleForks = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'forks',
  register(registration) {
    registration.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        logger: coreServices.logger,
      },
      async init({ catalog, logger }) {
        catalog.addProcessor(new ForkRelationProcessor({ logger }));
      },
    });
  },
});
