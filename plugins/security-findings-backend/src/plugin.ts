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
import { applyMigrations, DatabaseChangeFeed } from '@forkyard/backend-kit';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import {
  securityFindingsPermissions,
  type FindingsSummary,
} from '@forkyard/plugin-security-findings-common';
import { registerFindingsActions } from './actions';
import { readSecurityFindingsOptions } from './config';
import { createSources } from './createSources';
import { DatabaseFindingsStore } from './database/DatabaseFindingsStore';
import { DatabaseScansStore } from './database/DatabaseScansStore';
import { FINDINGS_SUMMARIES } from './database/tables';
import { scheduleDiscoverEntitiesJob } from './jobs/discoverEntitiesJob';
import { scheduleExpireWaiversJob } from './jobs/expireWaiversJob';
import { scheduleScanEntitiesJob } from './jobs/scanEntitiesJob';
import { scheduleUpdateSummariesJob } from './jobs/updateSummariesJob';
import { createRouter } from './router/createRouter';
import { AuthorizedFindingsService } from './services/AuthorizedFindingsService';
import { DefaultFindingsService } from './services/DefaultFindingsService';
import { FindingsAnnouncer } from './services/FindingsAnnouncer';
import { ScanService } from './services/ScanService';
import { SightingService } from './services/SightingService';
import { SummaryService } from './services/SummaryService';
import { TrackingService } from './services/TrackingService';
import { gitHubUrlOf } from './sources/gitHubUrlOf';

/**
 * Gathers the security findings of catalog entities from GitHub, from uploaded
 * reports and from scans of its own, as one list with due dates and waivers.
 *
 * @public
 */
export const securityFindingsPlugin = createBackendPlugin({
  pluginId: 'security-findings',
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
        urlReader: coreServices.urlReader,
      },
      async init(deps) {
        const options = readSecurityFindingsOptions(deps.config);
        const knex = await applyMigrations({
          database: deps.database,
          directory: resolvePackagePath(
            '@forkyard/plugin-security-findings-backend',
            'migrations',
          ),
        });
        const shared = {
          ...deps,
          ...options,
          findings: new DatabaseFindingsStore(knex),
          scans: new DatabaseScansStore(knex),
          feed: new DatabaseChangeFeed<FindingsSummary>({
            knex,
            table: FINDINGS_SUMMARIES,
          }),
          sources: createSources(options, deps),
        };
        const summaries = new SummaryService(shared);
        const announcer = new FindingsAnnouncer({ ...deps, summaries });
        const sightings = new SightingService({ ...shared, announcer });
        const scanning = new ScanService({ ...shared, sightings });
        const tracking = new TrackingService({
          ...shared,
          sources: scanning.listSources(),
          gitHubUrl: gitHubUrlOf(options.githubIntegration),
        });
        const findingsService = new DefaultFindingsService({
          ...shared,
          announcer,
          scanning,
          sightings,
          summaries,
          tracking,
        });
        await scheduleDiscoverEntitiesJob({ ...deps, tracking });
        await scheduleScanEntitiesJob({ ...deps, scanning });
        await scheduleExpireWaiversJob({ ...deps, service: findingsService });
        await scheduleUpdateSummariesJob({ ...deps, summaries });

        deps.permissionsRegistry.addPermissions(securityFindingsPermissions);
        const service = new AuthorizedFindingsService(findingsService, deps);
        deps.httpRouter.use(createRouter({ ...deps, service }));
        registerFindingsActions({ ...deps, service });
      },
    });
  },
});
