import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  ListRolloutsRequest,
  Rollout,
  RolloutActionRequest,
  RolloutDetail,
  RolloutPoint,
} from '@forkyard/plugin-deployments-common';

/** On whose behalf something is asked for. */
export interface RolloutsServiceOptions {
  credentials: BackstageCredentials;
}

/**
 * The operations on rollouts, one method each, whoever calls: REST, MCP or
 * another service.
 */
export interface RolloutsService {
  /** Newest first. */
  listRollouts(
    request: ListRolloutsRequest,
    options: RolloutsServiceOptions,
  ): Promise<{ items: Rollout[]; nextCursor?: string }>;
  /** Throws `NotFoundError`. */
  getRollout(
    request: { id: string },
    options: RolloutsServiceOptions,
  ): Promise<RolloutDetail>;
  listRolloutPoints(
    request: { id: string },
    options: RolloutsServiceOptions,
  ): Promise<{ items: RolloutPoint[] }>;
  /**
   * Rolls a deployment out by its environment's plan; gives the rollout that is
   * there when it has one. Throws `ConflictError` when it cannot serve.
   */
  startRollout(
    request: { entityRef: string; deploymentId: string; comment?: string },
    options: RolloutsServiceOptions,
  ): Promise<Rollout>;
  /** Keeps the traffic as it is; a verdict to abort still sends it back. */
  pauseRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout>;
  resumeRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout>;
  /** Sends all traffic to the new version, whatever the verdict says. */
  promoteRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout>;
  /** Sends all traffic back. */
  abortRollout(
    request: RolloutActionRequest,
    options: RolloutsServiceOptions,
  ): Promise<Rollout>;
}
