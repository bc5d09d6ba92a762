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
  DEPLOYMENTS_ROLLOUT_TOPIC,
  type DeploymentEventPayload,
} from '@forkyard/plugin-deployments-common';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { INCIDENTS_INCIDENT_TOPIC } from '@forkyard/plugin-incidents-common';
import { SECURITY_FINDINGS_FINDING_TOPIC } from '@forkyard/plugin-security-findings-common';
import { SLO_ALERT_TOPIC } from '@forkyard/plugin-slo-common';
import { registerForkActions } from './actions';
import { readForksOptions } from './config';
import { createServices } from './createServices';
import { createSources } from './createSources';
import { scheduleJobs } from './jobs';
import { registerForkPermissions } from './permissions';
import { createRouter } from './router/createRouter';
import { createVitalsSources } from './sources/createVitalsSources';

/** What tells that the portfolio has news; see the job for the rest. */
const VITALS_TOPICS = [
  SLO_ALERT_TOPIC,
  SECURITY_FINDINGS_FINDING_TOPIC,
  INCIDENTS_INCIDENT_TOPIC,
];

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
        discovery: coreServices.discovery,
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
        const services = createServices({
          options,
          knex,
          sources,
          vitalsSources: createVitalsSources(deps),
          ...deps,
        });
        registerForkPermissions(
          deps.permissionsRegistry,
          services.stores.forks,
        );
        registerForkActions({ ...deps, ...services });
        deps.httpRouter.use(createRouter({ ...deps, ...services }));

        await deps.events.subscribe({
          id: 'refresh-fork',
          topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC, DEPLOYMENTS_ROLLOUT_TOPIC],
          onEvent: async ({ eventPayload }) =>
            services.projections.refreshFork({
              entityRef: (eventPayload as DeploymentEventPayload).entityRef,
            }),
        });
        await deps.events.subscribe({
          id: 'refresh-vitals',
          topics: VITALS_TOPICS,
          onEvent: () => services.vitals.refreshVitals(),
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
