import type {
  AuditorService,
  AuthService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { RolloutApproval } from '@forkyard/plugin-deployments-common';
import type { SloService } from '@forkyard/plugin-slo-node';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { StagingStore } from '../../database/rollouts/StagingStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryService } from '../delivery/DeliveryService';
import type { EntityAccess } from '../EntityAccess';
import type { ProviderRegistry } from '../ProviderRegistry';
import { ApprovalLog } from './ApprovalLog';
import { AuthorizedRolloutsService } from './AuthorizedRolloutsService';
import { DefaultRolloutsService } from './DefaultRolloutsService';
import { RolloutAnnouncer } from './RolloutAnnouncer';
import { RolloutController } from './RolloutController';
import type { RolloutGates } from './RolloutGates';
import { RolloutMeasurer } from './RolloutMeasurer';
import { RolloutMover } from './RolloutMover';
import { RolloutObserver } from './RolloutObserver';
import { RolloutRetention } from './RolloutRetention';
import { RolloutStarter } from './RolloutStarter';
import { StagingService } from './StagingService';
import { StepRequests } from './StepRequests';

/** How rollouts are steered, from the configuration. */
export interface RolloutsConfig {
  tickSeconds: number;
  /** Traffic that has not moved after this long is sent back. */
  moveMinutes: number;
  /** The owners are told of what is held for this long. */
  heldNoticeMinutes: number;
  /** After a rollout ended its points are thinned after so long. */
  pointsDays: number;
}

/** Puts together what steers rollouts. */
export function createRollouts(options: {
  access: EntityAccess;
  approvals: {
    listApprovals(request: { rolloutId: string }): Promise<RolloutApproval[]>;
  };
  auditor: AuditorService;
  auth: AuthService;
  config: RolloutsConfig;
  delivery: Pick<DeliveryService, 'getPlan'>;
  deployments: DeploymentsStore;
  events: EventsService;
  gates: RolloutGates;
  logger: LoggerService;
  notifications: NotificationService;
  providers: ProviderRegistry;
  rollouts: RolloutStore;
  signals: SignalsService;
  slo: SloService;
  stagings: StagingStore;
  tracked: TrackedEntitiesStore;
}) {
  const announcer = new RolloutAnnouncer(options);
  const steps = new StepRequests(options);
  const shared = { ...options, announcer, steps };
  const rollouts = new DefaultRolloutsService(shared);
  return {
    /** For this backend; asks for no permission. */
    rollouts,
    /** For the router and the actions. */
    authorizedRollouts: new AuthorizedRolloutsService(rollouts, options),
    controller: new RolloutController({
      ...shared,
      approvalLog: new ApprovalLog(options),
      tickSeconds: options.config.tickSeconds,
      limits: options.config,
      mover: new RolloutMover(options),
      observer: new RolloutObserver({
        ...options,
        measurer: new RolloutMeasurer({
          slo: options.slo,
          auth: options.auth,
          tickSeconds: options.config.tickSeconds,
        }),
      }),
    }),
    retention: new RolloutRetention({ ...options, ...options.config }),
    starter: new RolloutStarter(shared),
    steps,
    staging: new StagingService(options),
  };
}
