import type {
  AuthService,
  DiscoveryService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { UrlProbe } from '@forkyard/backend-kit';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import { SecurityFindingsClient } from '@forkyard/plugin-security-findings-common';
import type { SloService } from '@forkyard/plugin-slo-node';
import type { Knex } from 'knex';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import { DatabaseApprovalsStore } from '../../database/gates/DatabaseApprovalsStore';
import { DatabaseGateOverridesStore } from '../../database/gates/DatabaseGateOverridesStore';
import { DatabaseGateReportsStore } from '../../database/gates/DatabaseGateReportsStore';
import { DatabaseGateResultsStore } from '../../database/gates/DatabaseGateResultsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import { GithubChecksSource } from '../../sources/GithubChecksSource';
import { GithubConnector } from '../../sources/GithubConnector';
import { GithubPendingDeploymentsSource } from '../../sources/GithubPendingDeploymentsSource';
import { GithubPeopleSource } from '../../sources/GithubPeopleSource';
import { GithubTreeSource } from '../../sources/GithubTreeSource';
import type { EntityAccess } from '../EntityAccess';
import type { ProviderRegistry } from '../ProviderRegistry';
import type { RolloutGates } from '../rollouts/RolloutGates';
import { ApprovalForwarder } from './ApprovalForwarder';
import { ApprovalGate } from './ApprovalGate';
import type { ApprovalsService } from './ApprovalsService';
import { AuthorizedApprovalsService } from './AuthorizedApprovalsService';
import { AuthorizedGateOverridesService } from './AuthorizedGateOverridesService';
import { CiGate } from './CiGate';
import { CommitStatusReporter } from './CommitStatusReporter';
import { DefaultApprovalsService } from './DefaultApprovalsService';
import { DefaultGateOverridesService } from './DefaultGateOverridesService';
import { DefaultRolloutGates } from './DefaultRolloutGates';
import { DeploymentCheckReporter } from './DeploymentCheckReporter';
import { ErrorBudgetGate } from './ErrorBudgetGate';
import { FourEyes } from './FourEyes';
import { FreezeCalendar } from './FreezeCalendar';
import { FreezeGate } from './FreezeGate';
import { GateConclusions } from './GateConclusions';
import { GateNotifier } from './GateNotifier';
import { GateReporter } from './GateReporter';
import type { GateOverridesService } from './GateOverridesService';
import type { GatesOptions } from './readGatesOptions';
import type { RolloutGateCheck } from './RolloutGateCheck';
import { SchemaGate } from './SchemaGate';
import { SecurityGate } from './SecurityGate';
import { SmokeTestGate } from './SmokeTestGate';

interface GatesDependencies {
  access: EntityAccess;
  options: GatesOptions;
  knex: Knex;
  deployments: Pick<DeploymentsStore, 'listById' | 'listLive' | 'listPushers'>;
  providers: Pick<ProviderRegistry, 'get'>;
  rollouts: Pick<
    RolloutStore,
    'get' | 'requestStep' | 'update' | 'findLastOfDeployment'
  >;
  tracked: Pick<TrackedEntitiesStore, 'listSharing'>;
  auth: AuthService;
  catalog: CatalogService;
  discovery: DiscoveryService;
  events: EventsService;
  logger: LoggerService;
  notifications: NotificationService;
  slo: Pick<SloService, 'listSlos'>;
}

/** What decides whether rollouts may get traffic, and what people do about it. */
export interface Gates {
  gates: RolloutGates;
  approvals: ApprovalsService;
  overrides: GateOverridesService;
  freezes: FreezeCalendar;
  conclusions: GateConclusions;
}

/** Creates the gates of rollouts. */
export function createGates(deps: GatesDependencies): Gates {
  const { options, knex, auth, catalog, logger } = deps;
  const approvals = new DatabaseApprovalsStore(knex);
  const overrides = new DatabaseGateOverridesStore(knex);
  const results = new DatabaseGateResultsStore(knex);
  const github = new GithubConnector({ ...options, logger });
  const checks = new GithubChecksSource(github);
  const notifier = new GateNotifier(deps);
  const forwarder = new ApprovalForwarder({
    approvals,
    github,
    pending: new GithubPendingDeploymentsSource(createTeller(deps)),
    logger,
  });
  const freezes = new FreezeCalendar({
    windows: options.freezeWindows,
    catalog,
    auth,
  });
  const { reporter, reports, conclusions } = createReporting(deps, {
    approvals,
    github,
    results,
  });
  return {
    gates: new DefaultRolloutGates({
      checks: createChecks(deps, { github, checks, results, freezes }),
      approval: new ApprovalGate({
        approvals,
        notifier,
        expiresInHours: options.approvalHours,
      }),
      overrides,
      results,
      reports,
      rollouts: deps.rollouts,
      tracked: deps.tracked,
      forwarder,
      reporter,
      logger,
    }),
    approvals: new AuthorizedApprovalsService(
      new DefaultApprovalsService({
        ...deps,
        approvals,
        forwarder,
        notifier,
        fourEyes: new FourEyes({
          ...deps,
          github,
          people: new GithubPeopleSource(github),
        }),
      }),
      deps.access,
      deps,
    ),
    overrides: new AuthorizedGateOverridesService(
      new DefaultGateOverridesService({ overrides, notifier, auth }),
      deps.access,
    ),
    freezes,
    conclusions,
  };
}

/** Creates what tells outside, and what looks after that. */
function createReporting(
  deps: GatesDependencies,
  shared: {
    approvals: DatabaseApprovalsStore;
    github: GithubConnector;
    results: DatabaseGateResultsStore;
  },
) {
  const { knex, logger, options } = deps;
  const { appBaseUrl } = options;
  const reports = new DatabaseGateReportsStore(knex);
  const reporter = new GateReporter({
    ...deps,
    ...shared,
    reports,
    statuses: new CommitStatusReporter({
      ...shared,
      checks: new GithubChecksSource(createTeller(deps)),
      logger,
      appBaseUrl,
    }),
    checks: new DeploymentCheckReporter({ ...deps, reports, appBaseUrl }),
  });
  const conclusions = new GateConclusions({
    ...deps,
    ...shared,
    reports,
    reporter,
  });
  conclusions.subscribe(deps.events).catch(error => {
    logger.warn(`Gates of rollouts that end are closed late: ${error}`);
  });
  return { reporter, reports, conclusions };
}

/** Nobody waits long for what only tells GitHub something. */
function createTeller({ options, logger }: GatesDependencies) {
  return new GithubConnector({
    ...options,
    logger,
    limits: { timeoutMs: 3_000 },
  });
}

function createChecks(
  deps: GatesDependencies,
  shared: {
    github: GithubConnector;
    checks: GithubChecksSource;
    results: DatabaseGateResultsStore;
    freezes: FreezeCalendar;
  },
): RolloutGateCheck[] {
  return [
    new CiGate({ ...deps, ...shared }),
    new SecurityGate({
      ...deps,
      findings: new SecurityFindingsClient({ discoveryApi: deps.discovery }),
    }),
    new SmokeTestGate({
      ...deps,
      ...shared,
      probe: new UrlProbe({
        purpose: 'smoke-test',
        ownRequests: deps.options.ownRequests,
        maxRedirects: 3,
        timeoutMs: 5_000,
      }),
    }),
    new SchemaGate({
      ...shared,
      trees: new GithubTreeSource(shared.github),
    }),
    new FreezeGate(shared.freezes),
    new ErrorBudgetGate(deps),
  ];
}
