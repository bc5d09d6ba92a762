import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  BuildLogLine,
  Deployment,
  DeploymentsPage,
  EntityDeploymentStatus,
  ListDeploymentsRequest,
  RollbackTargetRequest,
  TrackedProject,
} from '@forkyard/plugin-deployments-common';

/** On whose behalf something is asked for. */
export interface DeploymentsServiceOptions {
  credentials: BackstageCredentials;
}

/**
 * A deployment by its id. Entities may share a project; then `entityRef` says
 * for which of them it is asked, and without it the first one is taken.
 */
export interface DeploymentRequest {
  id: string;
  entityRef?: string;
}

/** A deployment, and where to; by default to the next environment. */
export interface PromotionRequest extends DeploymentRequest {
  environment?: string;
}

/**
 * The operations of this plugin, one method each, whoever calls.
 */
export interface DeploymentsService {
  listDeployments(
    request: ListDeploymentsRequest,
    options: DeploymentsServiceOptions,
  ): Promise<DeploymentsPage>;
  /** Throws `NotFoundError`. */
  getDeployment(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment>;
  /** The entities whose deployment it is; empty when nothing has the id. */
  listDeploymentEntities(
    request: { id: string },
    options: DeploymentsServiceOptions,
  ): Promise<string[]>;
  getEntityStatus(
    request: { entityRef: string },
    options: DeploymentsServiceOptions,
  ): Promise<EntityDeploymentStatus>;
  /** The iterable ends when the log does, or when the signal is aborted. */
  streamBuildLog(
    request: DeploymentRequest & { follow: boolean; signal: AbortSignal },
    options: DeploymentsServiceOptions,
  ): Promise<AsyncIterable<BuildLogLine>>;
  /** Throws `ConflictError` when the deployment is not finished or deleted. */
  redeploy(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment>;
  /**
   * Leads it on to a later environment, by default the next one. Throws
   * `ConflictError` when it cannot serve there or already does.
   */
  promoteDeployment(
    request: PromotionRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment>;
  /** Throws `NotFoundError` when nothing else was ever live. */
  getRollbackTarget(
    request: RollbackTargetRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment>;
  /** Throws `ConflictError` when it was never live or cannot be again. */
  rollbackToDeployment(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment>;
  /** For other backends. */
  listProjects(
    request: { cursor?: string; limit?: number },
    options: DeploymentsServiceOptions,
  ): Promise<{ items: TrackedProject[]; nextCursor?: string }>;
  /** Throws `ServiceUnavailableError` when the provider cannot be asked. */
  reconcileEntity(
    request: { entityRef: string },
    options: DeploymentsServiceOptions,
  ): Promise<EntityDeploymentStatus>;
}
