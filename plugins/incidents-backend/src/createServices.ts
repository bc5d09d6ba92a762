import type {
  AuthService,
  LoggerService,
  PermissionsService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { DatabaseChangeFeed, UrlProbe } from '@forkyard/backend-kit';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { AlertsSummary } from '@forkyard/plugin-incidents-common';
import type { SloService } from '@forkyard/plugin-slo-node';
import type { Knex } from 'knex';
import type { IncidentsConfig } from './config';
import { DatabaseAlertsStore } from './database/DatabaseAlertsStore';
import { DatabaseNotificationLimitsStore } from './database/DatabaseNotificationLimitsStore';
import { DatabaseRunbookFoldersStore } from './database/DatabaseRunbookFoldersStore';
import { DatabaseRunsStore } from './database/DatabaseRunsStore';
import { DatabaseTimelineStore } from './database/DatabaseTimelineStore';
import { ALERT_SUMMARIES } from './database/tables';
import { AlertAnnouncer } from './services/AlertAnnouncer';
import { AlertNotifier } from './services/AlertNotifier';
import { AlertAssigner } from './services/AlertAssigner';
import { AlertmanagerService } from './services/AlertmanagerService';
import { AuthorizedAlertService } from './services/AuthorizedAlertService';
import { AuthorizedRunbookService } from './services/AuthorizedRunbookService';
import { AuthorizedRunService } from './services/AuthorizedRunService';
import { DefaultAlertService } from './services/DefaultAlertService';
import { DefaultRunbookService } from './services/DefaultRunbookService';
import { DefaultRunService } from './services/DefaultRunService';
import { DeploymentStepPerformer } from './services/DeploymentStepPerformer';
import { DeploymentWatcher } from './services/DeploymentWatcher';
import { EntityGate } from './services/EntityGate';
import { RunExecutor } from './services/RunExecutor';
import { SloAlertsReconciler } from './services/SloAlertsReconciler';
import { StepRunner } from './services/StepRunner';
import { UrlReaderRunbookSource } from './sources/UrlReaderRunbookSource';

/** Of an answer in which a runbook's step looks for a text. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** Puts the services together; what is asked of them from outside is guarded. */
export function createServices(
  options: IncidentsConfig & {
    knex: Knex;
    auth: AuthService;
    catalog: CatalogService;
    deployments: DeploymentsService;
    events: EventsService;
    logger: LoggerService;
    notifications: NotificationService;
    permissions: PermissionsService;
    signals: SignalsService;
    slo: SloService;
    urlReader: UrlReaderService;
  },
) {
  const { knex } = options;
  const shared = {
    ...options,
    alerts: new DatabaseAlertsStore(knex),
    limits: new DatabaseNotificationLimitsStore(knex),
    folders: new DatabaseRunbookFoldersStore(knex),
    probe: new UrlProbe({
      purpose: 'runbook',
      ownRequests: options.ownRequests,
      bodyBytes: BODY_LIMIT_BYTES,
    }),
    runbookSource: new UrlReaderRunbookSource(options.urlReader),
    runs: new DatabaseRunsStore(knex),
    summaries: new DatabaseChangeFeed<AlertsSummary>({
      knex,
      table: ALERT_SUMMARIES,
    }),
    timeline: new DatabaseTimelineStore(knex),
  };
  const announcer = new AlertAnnouncer({
    ...shared,
    notifier: new AlertNotifier(shared),
  });
  const executor = new RunExecutor({
    ...shared,
    runner: new StepRunner({
      ...shared,
      watcher: new DeploymentWatcher(shared),
    }),
  });
  const gate = new EntityGate(options);
  const runbooks = new DefaultRunbookService(shared);
  const performer = new DeploymentStepPerformer(shared);
  return {
    announcer,
    executor,
    reconciler: new SloAlertsReconciler({ ...shared, announcer }),
    alertmanager: new AlertmanagerService({
      ...shared,
      announcer,
      assigner: new AlertAssigner(options),
    }),
    alerts: new AuthorizedAlertService(
      new DefaultAlertService({ ...shared, announcer }),
      { ...shared, gate },
    ),
    runbooks: new AuthorizedRunbookService(runbooks, { gate }),
    runs: new AuthorizedRunService(
      new DefaultRunService({ ...shared, runbooks, performer, executor }),
      { ...shared, runbooks, gate },
    ),
  };
}
