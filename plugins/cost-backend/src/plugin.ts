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
import {
  applyMigrations,
  createVercelClient,
  readVercelOptions,
} from '@forkyard/backend-kit';
import { costPermissions } from '@forkyard/plugin-cost-common';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { createGetCostAction } from './actions/createGetCostAction';
import { readCostConfig } from './config';
import { createServices } from './createServices';
import { scheduleRefreshChargesJob } from './jobs/refreshChargesJob';
import { scheduleSyncEntitiesJob } from './jobs/syncEntitiesJob';
import { createRouter } from './router/createRouter';
import { VercelChargesSource } from './sources/VercelChargesSource';

/**
 * Reads what Vercel charges and tells what each catalog entity costs.
 *
 * @public
 */
export const costPlugin = createBackendPlugin({
  pluginId: 'cost',
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
      },
      async init(deps) {
        const settings = readCostConfig(deps.config);
        const client = createVercelClient({
          ...readVercelOptions(deps.config),
          logger: deps.logger,
        });
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-cost-backend',
            'migrations',
          ),
        });
        const services = createServices({
          ...deps,
          ...settings,
          knex,
          sources: [new VercelChargesSource({ client })],
        });
        await scheduleSyncEntitiesJob({ ...deps, ...services });
        await scheduleRefreshChargesJob({
          ...deps,
          ...settings,
          ...services,
        });

        deps.permissionsRegistry.addPermissions(costPermissions);
        deps.httpRouter.use(createRouter({ ...deps, ...services }));
        createGetCostAction({ ...deps, ...services });
      },
    });
  },
});
