import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { applyMigrations } from '@forkyard/backend-kit';
import { deploymentsPermissions } from '@forkyard/plugin-deployments-common';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import { readDeploymentsConfig } from './config';
import { DatabaseDeploymentsStore } from './database/DatabaseDeploymentsStore';
import { DatabaseTrackedEntitiesStore } from './database/DatabaseTrackedEntitiesStore';
import { DatabaseWebhookEventsStore } from './database/DatabaseWebhookEventsStore';
import { scheduleDiscoverEntitiesJob } from './jobs/discoverEntitiesJob';
import { schedulePruneWebhookEventsJob } from './jobs/pruneWebhookEventsJob';
import { scheduleReconcileEntitiesJob } from './jobs/reconcileEntitiesJob';
import { createRouter } from './router/createRouter';
import { AuthorizedDeploymentsService } from './services/AuthorizedDeploymentsService';
import { DefaultDeploymentsService } from './services/DefaultDeploymentsService';
import { DeploymentAnnouncer } from './services/DeploymentAnnouncer';
import { ProviderRegistry } from './services/ProviderRegistry';
import { ReconcileService } from './services/ReconcileService';
import { TrackingService } from './services/TrackingService';
import { WebhookService } from './services/WebhookService';

/**
 * Follows the deployments of catalog entities at the providers that modules
 * add, and acts on them.
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
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
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
        const { reconcileSeconds } = readDeploymentsConfig(deps.config);
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-deployments-backend',
            'migrations',
          ),
        });
        const stores = {
          deployments: new DatabaseDeploymentsStore(knex),
          tracked: new DatabaseTrackedEntitiesStore(knex),
          events: new DatabaseWebhookEventsStore(knex),
        };
        const shared = { ...deps, ...stores, providers };
        const announcer = new DeploymentAnnouncer({
          ...deps,
          deployments: stores.deployments,
        });
        const tracking = new TrackingService(shared);
        const reconcile = new ReconcileService({
          ...shared,
          announcer,
          reconcileSeconds,
        });
        const webhooks = new WebhookService(shared);
        const service = new AuthorizedDeploymentsService(
          new DefaultDeploymentsService({
            ...shared,
            reconcile,
            tracking,
            announcer,
          }),
          deps,
        );
        await scheduleDiscoverEntitiesJob({ ...deps, tracking });
        await scheduleReconcileEntitiesJob({ ...deps, reconcile });
        await schedulePruneWebhookEventsJob({ ...deps, webhooks });

        deps.permissionsRegistry.addPermissions(deploymentsPermissions);
        deps.httpRouter.addAuthPolicy({
          path: '/webhooks',
          allow: 'unauthenticated',
        });
        deps.httpRouter.use(createRouter({ ...deps, service, webhooks }));
      },
    });
  },
});
