import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { applyMigrations } from '@forkyard/backend-kit';
import {
  DEPLOYMENTS_DEPLOYMENT_TOPIC,
  type DeploymentEventPayload,
} from '@forkyard/plugin-deployments-common';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { registerForkActions } from './actions';
import { readForksOptions } from './config';
import { createServices } from './createServices';
import { createSources } from './createSources';
import { scheduleJobs } from './jobs';
import { registerForkPermissions } from './permissions';
import { createRouter } from './router/createRouter';

/**
 * Makes forks, keeps their registry, and tells of both.
 */
export const forksPlugin = createBackendPlugin({
  pluginId: 'forks',
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
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
      },
      async init(deps) {
        const options = readForksOptions(deps.config);
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-forks-backend',
            'migrations',
          ),
        });
        const sources = createSources(options, deps);
        const services = createServices({ options, knex, sources, ...deps });
        registerForkPermissions(
          deps.permissionsRegistry,
          services.stores.forks,
        );
        registerForkActions({ ...deps, ...services });
        deps.httpRouter.use(createRouter({ ...deps, ...services }));

        await deps.events.subscribe({
          id: 'refresh-fork',
          topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC],
          onEvent: async ({ eventPayload }) =>
            services.projections.refreshFork({
              entityRef: (eventPayload as DeploymentEventPayload).entityRef,
            }),
        });
        deps.lifecycle.addStartupHook(() =>
          scheduleJobs({
            ...deps,
            ...services,
            secrets: services.allSecrets,
          }),
        );
        deps.lifecycle.addShutdownHook(() => services.executor.stop());
      },
    });
  },
});
