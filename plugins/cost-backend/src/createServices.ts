import type {
  AuthService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { DatabaseChangeFeed } from '@forkyard/backend-kit';
import type { CostSummary } from '@forkyard/plugin-cost-common';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import type { CostConfig } from './config';
import { DatabaseAnomaliesStore } from './database/DatabaseAnomaliesStore';
import { DatabaseChargesStore } from './database/DatabaseChargesStore';
import { DatabaseEntitiesStore } from './database/DatabaseEntitiesStore';
import { COST_SUMMARIES } from './database/tables';
import { AnomaliesService } from './services/AnomaliesService';
import { AnomalyAnnouncer } from './services/AnomalyAnnouncer';
import { AuthorizedCostService } from './services/AuthorizedCostService';
import { CostAnnouncer } from './services/CostAnnouncer';
import { DefaultCostService } from './services/DefaultCostService';
import { EntitiesService } from './services/EntitiesService';
import { EntityFiguresReader } from './services/EntityFigures';
import { IngestService } from './services/IngestService';
import { SummariesService } from './services/SummariesService';
import type { ChargesSource } from './sources/ChargesSource';

/** Puts the services together; what is asked of them from outside is guarded. */
export function createServices(
  options: CostConfig & {
    knex: Knex;
    sources: ChargesSource[];
    auth: AuthService;
    catalog: CatalogService;
    deployments: DeploymentsService;
    events: EventsService;
    logger: LoggerService;
    notifications: NotificationService;
    permissions: PermissionsService;
    signals: SignalsService;
  },
) {
  const { knex } = options;
  const charges = new DatabaseChargesStore(knex);
  const feed = new DatabaseChangeFeed<CostSummary>({
    knex,
    table: COST_SUMMARIES,
  });
  const shared = {
    ...options,
    charges,
    entities: new DatabaseEntitiesStore(knex),
    anomalies: new DatabaseAnomaliesStore(knex),
    figures: new EntityFiguresReader(charges),
  };
  const updating = {
    ...shared,
    summaries: new SummariesService({ ...shared, summaries: feed }),
    anomalyFinder: new AnomaliesService({
      ...shared,
      anomalyAnnouncer: new AnomalyAnnouncer(shared),
    }),
  };
  const ingest = new IngestService({
    ...updating,
    announcer: new CostAnnouncer(shared),
  });
  return {
    ingest,
    entitySync: new EntitiesService(updating),
    service: new AuthorizedCostService(
      new DefaultCostService({ ...shared, summaries: feed, ingest }),
      options,
    ),
  };
}
