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
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { incidentsPermissions } from '@forkyard/plugin-incidents-common';
import { sloServiceRef } from '@forkyard/plugin-slo-node';
import { registerIncidentsActions } from './actions';
import { readIncidentsConfig } from './config';
import { createServices } from './createServices';
import { scheduleAnnounceAlertsJob } from './jobs/announceAlertsJob';
import { scheduleReconcileSloAlertsJob } from './jobs/reconcileSloAlertsJob';
import { scheduleRunRunbooksJob } from './jobs/runRunbooksJob';
import { createRouter } from './router/createRouter';

/**
 * Takes alerts in, tells the owners, and runs the runbooks of catalog entities.
 *
 * @public
 */
export const incidentsPlugin = createBackendPlugin({
  pluginId: 'incidents',
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
        const config = readIncidentsConfig(deps.config);
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-incidents-backend',
            'migrations',
          ),
        });
        const services = createServices({ ...deps, ...config, knex });
        await scheduleReconcileSloAlertsJob({
          ...deps,
          ...config,
          ...services,
        });
        await scheduleAnnounceAlertsJob({ ...deps, ...services });
        await scheduleRunRunbooksJob({ ...deps, ...services });

        deps.permissionsRegistry.addPermissions(incidentsPermissions);
        deps.httpRouter.addAuthPolicy({
          path: '/webhooks',
          allow: 'unauthenticated',
        });
        deps.httpRouter.use(createRouter({ ...deps, ...services }));
        registerIncidentsActions({ ...deps, ...services });
      },
    });
  },
});
