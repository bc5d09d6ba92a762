import type { Entity } from '@backstage/catalog-model';
import type {
  BuildLogLine,
  DeploymentCommit,
  DeploymentState,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentChecks } from './DeploymentChecks';

/**
 * A project at a provider, resolved from an entity's annotations.
 *
 * @public
 */
export interface ProjectRef {
  provider: string;
  /** The provider's own id, never a name. */
  projectId: string;
  teamId?: string;
}

/** A deployment as the provider tells it. @public */
export interface ProviderDeployment {
  externalId: string;
  environment: string;
  state: DeploymentState;
  url?: string;
  commit?: DeploymentCommit;
  creator?: string;
  createdAt: Date;
  buildingAt?: Date;
  readyAt?: Date;
  errorMessage?: string;
  inspectorUrl?: string;
}

/** Where an environment's traffic goes. @public */
export interface ProviderEnvironment {
  environment: string;
  liveExternalId?: string;
  aliases: string[];
  /** Set while a rollback holds the traffic, so that new versions get none. */
  pinned?: { since?: Date; description?: string };
  /**
   * Of production: whether new versions wait there without traffic, see
   * `setStaging`. Absent when the provider does not tell.
   */
  isStaged?: boolean;
}

/** Traffic that is split between two deployments of production. @public */
export interface ProviderCanary {
  canaryExternalId: string;
  stableExternalId: string;
  /** `complete` when the canary has all traffic, `aborted` when it has none again. */
  state: 'active' | 'complete' | 'aborted';
  /** Of the percentages it was started with, from 0. */
  stageIndex: number;
  /** Share of the traffic for the canary, 0 to 100. */
  percent: number;
}

/**
 * Splits production's traffic between two deployments, for providers that can.
 * Every method is get-or-create: repeating one that was done changes nothing,
 * also when the process died in the middle of it, and finishes what was left.
 *
 * Besides the errors of {@link DeploymentProvider}, `ConflictError` means that
 * the traffic is not where the caller believes it to be.
 *
 * @public
 */
export interface CanaryTraffic {
  /**
   * Sends the first of the given percentages of the traffic to the deployment.
   *
   * Rejects with a `ConflictError` while another one is a canary, and with an
   * `InputError` when the percentages are not ascending integers of 1 to 99.
   */
  startCanary(
    project: ProjectRef,
    request: { externalId: string; percentages: number[] },
  ): Promise<void>;
  /** The canary that was started last, whether or not it is over. */
  getCanary(project: ProjectRef): Promise<ProviderCanary | undefined>;
  /**
   * Goes on to the percentage with this index, counted from 0; never back.
   *
   * Rejects with a `ConflictError` when the deployment is no active canary.
   */
  advanceCanary(
    project: ProjectRef,
    request: { externalId: string; stageIndex: number },
  ): Promise<void>;
  /**
   * Sends all traffic to the canary; resolves when it moved.
   *
   * Rejects with a `ConflictError` when the deployment is no canary and does
   * not have all traffic.
   */
  completeCanary(
    project: ProjectRef,
    request: { externalId: string },
  ): Promise<void>;
  /**
   * Sends all traffic back to the stable deployment; resolves when it moved.
   * A deployment that is no canary has nothing to give back.
   *
   * Rejects with a `ConflictError` when the deployment has all traffic: that
   * takes a rollback.
   */
  abortCanary(
    project: ProjectRef,
    request: { externalId: string },
  ): Promise<void>;
}

/**
 * What a verified webhook asks for: look at this project again. The body's
 * facts are not trusted for state, because deliveries repeat and overtake
 * each other.
 *
 * @public
 */
export interface ProviderNudge {
  projectId: string;
  externalId?: string;
  /** The provider's id of the event, to drop repeats. */
  eventId: string;
}

/**
 * Port to a platform that runs deployments.
 *
 * Every method throws `ServiceUnavailableError` (with its cause) when the
 * provider cannot answer or our credentials do not suffice, `NotFoundError`
 * when the project or deployment does not exist there, and `ConflictError`
 * when the provider refuses the state change. No call lasts forever.
 *
 * @public
 */
export interface DeploymentProvider {
  /** For example `vercel`; first part of our deployment ids. */
  readonly id: string;
  /** Annotation by which an entity names its project; others are not asked. */
  readonly annotation: string;
  /** The project an entity names, or undefined when it names none of this provider. */
  resolveProject(entity: Entity): Promise<ProjectRef | undefined>;
  /** Newest first, at most `limit`, created after `since` when given. */
  listDeployments(
    project: ProjectRef,
    options: { limit: number; since?: Date },
  ): Promise<ProviderDeployment[]>;
  getDeployment(
    project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment>;
  listEnvironments(project: ProjectRef): Promise<ProviderEnvironment[]>;
  streamBuildLog(
    project: ProjectRef,
    externalId: string,
    options: { follow: boolean; signal: AbortSignal },
  ): AsyncIterable<BuildLogLine>;
  redeploy(
    project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment>;
  /** Resolves when the provider accepted; the traffic moves soon after. */
  promote(project: ProjectRef, externalId: string): Promise<void>;
  /**
   * Sends production's traffic back to an earlier deployment; resolves when it
   * moved. Later pushes take no traffic until a deployment is promoted.
   */
  rollback(project: ProjectRef, externalId: string): Promise<void>;
  /**
   * Builds the commit of a deployment anew for another environment, with that
   * one's settings. Get-or-create: while such a build is under way, or was made
   * within the last minutes, it is given instead of a second one. With a `key`
   * one that was made for the same key is given however old it is, also when it
   * failed, so that a caller who does not know how far it came makes no second.
   *
   * Rejects with a `NotFoundError` when there is no such environment, and with
   * an `InputError` for `preview`.
   */
  deployTo(
    project: ProjectRef,
    request: { externalId: string; environment: string; key?: string },
  ): Promise<ProviderDeployment>;
  /**
   * Makes sure that an environment is there, beside production and previews;
   * get-or-create. Absent when the provider knows no others.
   *
   * Rejects with a `ConflictError` when the account's plan does not allow it.
   */
  ensureEnvironment?(
    project: ProjectRef,
    request: { environment: string },
  ): Promise<void>;
  /**
   * Decides whether deployments for production get the traffic when they are
   * ready, or wait for a promotion. Repeating it changes nothing.
   */
  setStaging(
    project: ProjectRef,
    request: { isStaged: boolean },
  ): Promise<void>;
  /** Absent when the provider cannot split traffic. */
  readonly canary?: CanaryTraffic;
  /** Absent when the provider shows no checks of deployments. */
  readonly checks?: DeploymentChecks;
  /**
   * Checks the signature over the raw body in constant time.
   *
   * Throws `AuthenticationError` when it is missing or wrong, `InputError` when
   * the body is not an event. Resolves to undefined for events that concern no
   * deployment.
   */
  parseWebhook(request: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
  }): Promise<ProviderNudge | undefined>;
  /** Makes sure the provider calls us; get-or-create, run at every start. */
  ensureWebhook?(options: { url: string }): Promise<void>;
}
