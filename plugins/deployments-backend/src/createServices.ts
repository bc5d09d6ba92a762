import type {
  AuditorService,
  AuthService,
  DiscoveryService,
  LoggerService,
  PermissionsService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { SloService } from '@forkyard/plugin-slo-node';
import type { Knex } from 'knex';
import type { DeploymentsConfig } from './config';
import { DatabaseBuildRequestsStore } from './database/builds/DatabaseBuildRequestsStore';
import { DatabaseDeploymentsStore } from './database/DatabaseDeploymentsStore';
import { DatabaseTrackedEntitiesStore } from './database/DatabaseTrackedEntitiesStore';
import { DatabaseWebhookEventsStore } from './database/DatabaseWebhookEventsStore';
import { DatabaseCommitsStore } from './database/dora/DatabaseCommitsStore';
import { DatabaseDeliveryStore } from './database/dora/DatabaseDeliveryStore';
import { DatabaseRolloutStore } from './database/rollouts/DatabaseRolloutStore';
import { DatabaseStagingStore } from './database/rollouts/DatabaseStagingStore';
import { AuthorizedDeploymentsService } from './services/AuthorizedDeploymentsService';
import { DefaultDeploymentsService } from './services/DefaultDeploymentsService';
import { createDelivery } from './services/delivery/createDelivery';
import { DeploymentAnnouncer } from './services/DeploymentAnnouncer';
import { createDora } from './services/dora/createDora';
import { EntityAccess } from './services/EntityAccess';
import type { ApprovalsService } from './services/gates/ApprovalsService';
import { createGates, type Gates } from './services/gates/createGates';
import type { ProviderRegistry } from './services/ProviderRegistry';
import { ReconcileService } from './services/ReconcileService';
import { createRollouts } from './services/rollouts/createRollouts';
import type { StepRequests } from './services/rollouts/StepRequests';
import { TrackingService } from './services/TrackingService';
import { WebhookService } from './services/WebhookService';
import { GithubCommitSource } from './sources/GithubCommitSource';
import { GithubConnector } from './sources/GithubConnector';

interface Dependencies {
  auditor: AuditorService;
  auth: AuthService;
  catalog: CatalogService;
  config: DeploymentsConfig;
  discovery: DiscoveryService;
  events: EventsService;
  knex: Knex;
  logger: LoggerService;
  notifications: NotificationService;
  permissions: PermissionsService;
  providers: ProviderRegistry;
  signals: SignalsService;
  slo: SloService;
  urlReader: UrlReaderService;
}

/** Puts together the services of this plugin. */
export function createServices(deps: Dependencies) {
  const { config, knex } = deps;
  const stores = {
    builds: new DatabaseBuildRequestsStore(knex),
    deployments: new DatabaseDeploymentsStore(knex),
    tracked: new DatabaseTrackedEntitiesStore(knex),
    events: new DatabaseWebhookEventsStore(knex),
    rollouts: new DatabaseRolloutStore(knex),
    stagings: new DatabaseStagingStore(knex),
  };
  const shared = { ...deps, ...stores, events: deps.events };
  const access = new EntityAccess(deps);
  const gates = createGates({ ...shared, access, options: config.gates });
  const delivery = createDelivery({
    ...deps,
    tracked: stores.tracked,
    refreshSeconds: config.deliveryRefreshSeconds,
    conditions: { find: request => findConditions(gates, request) },
  });
  const rollouts = createRollouts({
    ...shared,
    ...gates,
    ...delivery,
    access,
    config: config.rollouts,
  });
  const announcer = new DeploymentAnnouncer(shared);
  const tracking = new TrackingService(shared);
  const reconcile = new ReconcileService({
    ...shared,
    announcer,
    staging: rollouts.staging,
    reconcileSeconds: config.reconcileSeconds,
  });
  const dora = createDora({
    ...deps,
    access,
    commits: new DatabaseCommitsStore(knex),
    delivery: new DatabaseDeliveryStore(knex),
    rollouts: stores.rollouts,
    source: new GithubCommitSource(
      new GithubConnector({ ...config.gates, logger: deps.logger }),
    ),
  });
  const deployments = new DefaultDeploymentsService({
    ...shared,
    ...delivery,
    announcer,
    history: dora.history,
    reconcile,
    rollouts: rollouts.rollouts,
    tracking,
  });
  return {
    ...gates,
    ...delivery,
    ...rollouts,
    approvals: withStep(gates.approvals, rollouts.steps),
    dora,
    reconcile,
    service: new AuthorizedDeploymentsService(deployments, {
      access,
      auth: deps.auth,
    }),
    tracking,
    webhooks: new WebhookService({ ...shared, events: stores.events }),
  };
}

/** Lets a rollout go on as soon as somebody decided, not at its next tick. */
function withStep(
  approvals: ApprovalsService,
  steps: StepRequests,
): ApprovalsService {
  return {
    listApprovals: request => approvals.listApprovals(request),
    listAwaitedApprovals: (request, options) =>
      approvals.listAwaitedApprovals(request, options),
    findOwnPart: (request, options) => approvals.findOwnPart(request, options),
    findRefusal: (request, options) => approvals.findRefusal(request, options),
    decideApproval: async (request, options) => {
      const decided = await approvals.decideApproval(request, options);
      await steps.request(request.rolloutId);
      return decided;
    },
  };
}

/** What of the gates is told with the plan of an environment. */
async function findConditions(
  { freezes, overrides }: Gates,
  request: { entityRef: string; environment: string },
) {
  const [freeze, override] = await Promise.all([
    freezes.findFreeze(request),
    overrides.findActive(request),
  ]);
  return { freeze, override };
}
