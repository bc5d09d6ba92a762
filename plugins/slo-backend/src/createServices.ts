import type {
  AuthService,
  LoggerService,
  PermissionsService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import type { UrlReaderService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  createVercelClient,
  DatabaseChangeFeed,
  readVercelOptions,
  SecretBox,
  UrlReaderFileSource,
} from '@forkyard/backend-kit';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { SloSummary } from '@forkyard/plugin-slo-common';
import type { Knex } from 'knex';
import type { SloConfig } from './config';
import { DatabaseAlertStore } from './database/DatabaseAlertStore';
import { DatabaseDrainSecretsStore } from './database/DatabaseDrainSecretsStore';
import { DatabaseEntityStore } from './database/DatabaseEntityStore';
import { DatabaseRollupStore } from './database/DatabaseRollupStore';
import { SLO_SUMMARIES } from './database/tables';
import { DefaultIngestService } from './ingest/DefaultIngestService';
import { MAX_FILE_BYTES } from './openslo/parseOpenSlo';
import { AuthorizedSloService } from './services/AuthorizedSloService';
import { DefaultSloService } from './services/DefaultSloService';
import {
  EvaluationService,
  type IndicatorSources,
} from './services/EvaluationService';
import { ProjectService } from './services/ProjectService';
import { RuleAlertsService } from './services/RuleAlertsService';
import { SloAnnouncer } from './services/SloAnnouncer';
import { SloFileService } from './services/SloFileService';
import { TrafficService } from './services/TrafficService';
import { Prometheus } from './sources/Prometheus';
import { PrometheusAlertRulesSource } from './sources/PrometheusAlertRulesSource';
import { PrometheusIndicatorSource } from './sources/PrometheusIndicatorSource';
import { RollupIndicatorSource } from './sources/RollupIndicatorSource';
import { VercelDrainSource } from './sources/VercelDrainSource';

interface ServiceOptions {
  settings: SloConfig;
  knex: Knex;
  config: RootConfigService;
  auth: AuthService;
  catalog: CatalogService;
  deployments: DeploymentsService;
  events: EventsService;
  logger: LoggerService;
  permissions: PermissionsService;
  signals: SignalsService;
  urlReader: UrlReaderService;
}

/** Puts stores, sources and services together. */
export function createServices(options: ServiceOptions) {
  const { settings, knex, logger } = options;
  const rollups = new DatabaseRollupStore(knex);
  const entities = new DatabaseEntityStore(knex);
  const alerts = new DatabaseAlertStore(knex);
  const summaries = new DatabaseChangeFeed<SloSummary>({
    knex,
    table: SLO_SUMMARIES,
  });
  const prometheus =
    settings.prometheus && new Prometheus({ ...settings.prometheus, logger });
  const openSources = (): IndicatorSources => ({
    rollups: new RollupIndicatorSource(rollups),
    prometheus: prometheus && new PrometheusIndicatorSource(prometheus),
  });
  const announcer = new SloAnnouncer(options);
  const shared = { ...options, entities, alerts, summaries, announcer };
  const files = new SloFileService({
    ...shared,
    ...settings,
    files: new UrlReaderFileSource(options.urlReader, {
      maxBytes: MAX_FILE_BYTES,
    }),
  });
  const evaluation = new EvaluationService({ ...shared, openSources });
  const service = new AuthorizedSloService(
    new DefaultSloService({
      ...shared,
      files,
      evaluation,
      openSources,
      traffic: new TrafficService({ entities, rollups }),
    }),
    options,
  );
  return {
    rollups,
    entities,
    alerts,
    files,
    evaluation,
    service,
    projects: new ProjectService({ ...shared }),
    ruleAlerts:
      prometheus && settings.prometheus
        ? new RuleAlertsService({
            ...shared,
            ...settings.prometheus,
            rules: new PrometheusAlertRulesSource(prometheus),
          })
        : undefined,
    ...createIngest({ ...options, rollups }),
  };
}

function createIngest(options: {
  settings: SloConfig;
  knex: Knex;
  config: RootConfigService;
  logger: LoggerService;
  rollups: DatabaseRollupStore;
}) {
  const { settings, knex, config, logger, rollups } = options;
  const { drainUrl, drainSecret, encryptionKey } = settings;
  const secrets = encryptionKey
    ? new DatabaseDrainSecretsStore(
        knex,
        new SecretBox({
          encryptionKey,
          configKey: 'slo.encryptionKey',
          purpose: 'forkyard slo drain secret',
        }),
      )
    : undefined;
  const drains =
    drainUrl || config.has('vercel.token')
      ? new VercelDrainSource({
          client: createVercelClient({ ...readVercelOptions(config), logger }),
          logger,
          secrets,
          configuredSecret: drainSecret,
        })
      : undefined;
  const ingest = new DefaultIngestService({
    rollups,
    secrets: drains ?? {
      listSecrets: async () => (drainSecret ? [drainSecret] : []),
    },
    logger,
    ignoredPaths: settings.ignoredPaths,
    ownRequests: settings.ownRequests,
  });
  return { drains, ingest };
}
