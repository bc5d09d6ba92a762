import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { applyMigrations } from '@forkyard/backend-kit';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { sloPermissions } from '@forkyard/plugin-slo-common';
import { registerSloActions } from './actions';
import { readSloConfig } from './config';
import { createServices } from './createServices';
import { scheduleJobs } from './jobs';
import { createRouter } from './router/createRouter';

/**
 * Counts the requests of catalog entities, evaluates their SLOs and raises
 * alerts when an error budget burns too fast.
 *
 * @public
 */
export const sloPlugin = createBackendPlugin({
  pluginId: 'slo',
  register(env) {
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        deployments: deploymentsServiceRef,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        urlReader: coreServices.urlReader,
      },
      async init(deps) {
        const settings = readSloConfig(deps.config);
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-slo-backend',
            'migrations',
          ),
        });
        const services = createServices({ ...deps, settings, knex });
        await scheduleJobs({ ...deps, ...services, settings });

        deps.permissionsRegistry.addPermissions(sloPermissions);
        registerSloActions({ ...deps, ...services });
        deps.httpRouter.addAuthPolicy({
          path: '/drains',
          allow: 'unauthenticated',
        });
        deps.httpRouter.use(createRouter({ ...deps, ...services }));
      },
    });
  },
});
