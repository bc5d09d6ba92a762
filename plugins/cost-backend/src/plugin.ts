import {
  coreServices,
  createBackendPlugin,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  applyMigrations,
  createVercelClient,
  DatabaseChangeFeed,
  readVercelOptions,
} from '@forkyard/backend-kit';
import {
  costPermissions,
  type CostSummary,
} from '@forkyard/plugin-cost-common';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { readCostConfig } from './config';
import { DatabaseChargesStore } from './database/DatabaseChargesStore';
import { DatabaseEntitiesStore } from './database/DatabaseEntitiesStore';
import { COST_SUMMARIES } from './database/tables';
import { scheduleRefreshChargesJob } from './jobs/refreshChargesJob';
import { scheduleSyncEntitiesJob } from './jobs/syncEntitiesJob';
import { createRouter } from './router/createRouter';
import { AuthorizedCostService } from './services/AuthorizedCostService';
import { CostAnnouncer } from './services/CostAnnouncer';
import { DefaultCostService } from './services/DefaultCostService';
import { EntitiesService } from './services/EntitiesService';
import { EntityFiguresReader } from './services/EntityFigures';
import { IngestService } from './services/IngestService';
import { SummariesService } from './services/SummariesService';
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
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        deployments: deploymentsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
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
        const charges = new DatabaseChargesStore(knex);
        const entities = new DatabaseEntitiesStore(knex);
        const feed = new DatabaseChangeFeed<CostSummary>({
          knex,
          table: COST_SUMMARIES,
        });
        const figures = new EntityFiguresReader(charges);
        const shared = { ...deps, ...settings, charges, entities, figures };
        const summaries = new SummariesService({ ...shared, summaries: feed });
        const ingest = new IngestService({
          ...shared,
          sources: [new VercelChargesSource({ client })],
          summaries,
          announcer: new CostAnnouncer(shared),
        });
        const entitySync = new EntitiesService({ ...shared, summaries });
        const service = new AuthorizedCostService(
          new DefaultCostService({ ...shared, summaries: feed, ingest }),
          deps,
        );
        await scheduleSyncEntitiesJob({ ...deps, entitySync });
        await scheduleRefreshChargesJob({ ...deps, ...settings, ingest });

        deps.permissionsRegistry.addPermissions(costPermissions);
        deps.httpRouter.use(createRouter({ ...deps, service }));
      },
    });
  },
});
