import type {
  AuditorService,
  AuthService,
  LoggerService,
  PermissionsRegistryService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import type { ForksOptions } from './config';
import type { Sources } from './createSources';
import { DatabaseForkStore } from './database/DatabaseForkStore';
import { DatabaseForkVitalsStore } from './database/DatabaseForkVitalsStore';
import { DatabaseLedgerStore } from './database/DatabaseLedgerStore';
import { DatabaseProvisioningLogStore } from './database/DatabaseProvisioningLogStore';
import { DatabaseProvisioningStore } from './database/DatabaseProvisioningStore';
import { DatabaseSealedSecretStore } from './database/DatabaseSealedSecretStore';
import { AuditedProvisioningService } from './services/AuditedProvisioningService';
import { AuditedSecretService } from './services/AuditedSecretService';
import { AuthorizedForkService } from './services/AuthorizedForkService';
import { AuthorizedPlanService } from './services/AuthorizedPlanService';
import { AuthorizedProvisioningService } from './services/AuthorizedProvisioningService';
import { AuthorizedSecretService } from './services/AuthorizedSecretService';
import { DefaultProvisioningService } from './services/DefaultProvisioningService';
import { DefaultForkAnnouncer } from './services/ForkAnnouncer';
import { ForkAuthorizer } from './services/ForkAuthorizer';
import { DefaultForkProjectionService } from './services/ForkProjectionService';
import { DefaultForkService } from './services/ForkService';
import { DefaultForkVitalsService } from './services/ForkVitalsService';
import { planCheckers } from './services/planChecks';
import { DefaultPlanService } from './services/PlanService';
import { ProvisioningExecutor } from './services/ProvisioningExecutor';
import { DefaultSecretService } from './services/SecretService';
import type { VitalsSource } from './sources/VitalsSource';
import { createSteps } from './steps';

export interface ServicesOptions {
  options: ForksOptions;
  knex: Knex;
  sources: Sources;
  auditor: AuditorService;
  auth: AuthService;
  deployments: DeploymentsService;
  events: EventsService;
  logger: LoggerService;
  notifications: NotificationService;
  permissions: PermissionsService;
  permissionsRegistry: PermissionsRegistryService;
  signals: SignalsService;
  vitalsSources: VitalsSource[];
  /** Shorter times, for tests. */
  tempo?: { retryDelaysSeconds?: number[]; leaseSeconds?: number };
}

/** Pauses before automatic retries of a step, after those of each call. */
const RETRY_DELAYS_SECONDS = [3, 15];

/**
 * Puts the services together: rules inside, permissions around them, audit
 * outermost. What callers get is never the inner one.
 */
export function createServices(given: ServicesOptions) {
  const { knex, options, sources, logger } = given;
  const stores = {
    forks: new DatabaseForkStore(knex),
    provisionings: new DatabaseProvisioningStore(knex),
    ledger: new DatabaseLedgerStore(knex),
    logLines: new DatabaseProvisioningLogStore(knex),
  };
  const announcer = new DefaultForkAnnouncer(given);
  const secrets = new DefaultSecretService(
    new DatabaseSealedSecretStore(knex),
    options.encryptionKey,
  );
  const steps = createSteps(options, sources);
  const plans = new DefaultPlanService({
    checkers: planCheckers,
    steps,
    estimate: options.estimate,
    context: { ...options, ...sources, forks: stores.forks, secrets },
  });
  const executor = new ProvisioningExecutor({
    ...stores,
    steps,
    secrets,
    announcer,
    logger,
    retryDelaysSeconds: RETRY_DELAYS_SECONDS,
    ...given.tempo,
    getTokens: async () => [
      options.vercel.token,
      await sources.repositories
        .getGitToken({ owner: options.organization, repo: '' })
        .catch(() => undefined),
    ],
  });
  const authorizer = new ForkAuthorizer(
    given.permissions,
    given.permissionsRegistry,
  );
  const provisionings = new DefaultProvisioningService({
    ...stores,
    plans,
    announcer,
    nudge: () => executor.nudge(),
  });
  return {
    stores,
    executor,
    allSecrets: secrets,
    projections: new DefaultForkProjectionService({
      ...given,
      forks: stores.forks,
      registration: sources.registration,
      announcer,
    }),
    vitals: new DefaultForkVitalsService({
      sources: given.vitalsSources,
      vitals: new DatabaseForkVitalsStore(knex),
      forks: stores.forks,
      announcer,
    }),
    plans: new AuthorizedPlanService(plans, authorizer),
    forks: new AuthorizedForkService(
      new DefaultForkService(stores.forks),
      authorizer,
    ),
    secrets: new AuditedSecretService(
      new AuthorizedSecretService(secrets, authorizer),
      given.auditor,
    ),
    provisionings: new AuditedProvisioningService(
      new AuthorizedProvisioningService(
        provisionings,
        authorizer,
        stores.provisionings,
      ),
      given.auditor,
    ),
  };
}
