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
  deploymentsPermissions,
  rolloutPermissions,
} from '@forkyard/plugin-deployments-common';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import { sloServiceRef } from '@forkyard/plugin-slo-node';
import { registerRolloutActions } from './actions';
import { readDeploymentsConfig } from './config';
import { createServices } from './createServices';
import { scheduleJobs } from './jobs/scheduleJobs';
import { createRouter } from './router/createRouter';
import { ProviderRegistry } from './services/ProviderRegistry';

/**
 * Follows the deployments of catalog entities at the providers that modules
 * add, acts on them, and rolls new versions out.
 *
 * @public
 */
export const deploymentsPlugin = createBackendPlugin({
  pluginId: 'deployments',
  register(env) {
    const providers = new ProviderRegistry();
    env.registerExtensionPoint(deploymentsProviderExtensionPoint, providers);
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        slo: sloServiceRef,
        urlReader: coreServices.urlReader,
      },
      async init(deps) {
        const config = readDeploymentsConfig(deps.config);
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-deployments-backend',
            'migrations',
          ),
        });
        const services = createServices({ ...deps, config, knex, providers });
        await scheduleJobs({ ...deps, ...services });

        deps.permissionsRegistry.addPermissions([
          ...deploymentsPermissions,
          ...rolloutPermissions,
        ]);
        registerRolloutActions({
          ...deps,
          rollouts: services.authorizedRollouts,
        });
        deps.httpRouter.addAuthPolicy({
          path: '/webhooks',
          allow: 'unauthenticated',
        });
        deps.httpRouter.use(
          createRouter({
            ...deps,
            ...services,
            rollouts: services.authorizedRollouts,
            delivery: services.authorizedDelivery,
            dora: services.dora.service,
          }),
        );
      },
    });
  },
});
