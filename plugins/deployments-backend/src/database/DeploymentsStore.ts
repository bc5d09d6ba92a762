import type {
  Deployment,
  DeploymentState,
} from '@forkyard/plugin-deployments-common';
import type {
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';

/** A projected deployment with what is needed to ask its provider about it. */
export interface HeldDeployment extends Deployment {
  teamId?: string;
}

/**
 * What a provider told about the project of an entity.
 */
export interface ProjectObservation {
  entityRef: string;
  project: ProjectRef;
  /** The database's time before the provider was asked. */
  askedAt: Date;
  deployments: ProviderDeployment[];
  environments: ProviderEnvironment[];
  /** Deployments that the provider definitely no longer has. */
  goneExternalIds?: string[];
}

/** A deployment whose projection an observation changed. */
export interface DeploymentChange {
  deployment: Deployment;
  /** Absent when the deployment was not held before. */
  previousState?: DeploymentState;
}

/** What one environment serves, as held. */
export interface HeldEnvironment {
  environment: string;
  liveDeploymentId?: string;
  /** URLs, the one for the environment's users first. */
  aliases: string[];
  /** Set while a rollback holds the traffic. */
  pinned?: { since?: string; description?: string };
}

/** Where the next page of a list begins. */
export interface DeploymentsPosition {
  createdAt: Date;
  id: string;
}

/**
 * Holds the projection of deployments.
 */
export interface DeploymentsStore {
  /**
   * Merges what a provider told and gives what changed by it.
   *
   * Repeated, late and shrunken answers are harmless: see `supersedes`. Nothing
   * is deleted because it is absent. Observations of one entity are merged one
   * after the other, whoever makes them.
   */
  applyObservation(
    observation: ProjectObservation,
  ): Promise<DeploymentChange[]>;
  /** Newest first. */
  list(options: {
    entityRef: string;
    environment?: string;
    states?: DeploymentState[];
    after?: DeploymentsPosition;
    limit: number;
  }): Promise<HeldDeployment[]>;
  /** The same deployment once for each entity that shares the project. */
  listById(id: string): Promise<HeldDeployment[]>;
  /**
   * Who had a commit built for whatever environment by pushing it, as the
   * platform names them. What the portal had built says nothing of that.
   */
  listPushers(request: {
    entityRef: string;
    commitSha: string;
  }): Promise<string[]>;
  /** The newest deployment of each environment. */
  listLatest(entityRef: string): Promise<HeldDeployment[]>;
  listLive(entityRef: string): Promise<HeldDeployment[]>;
  /**
   * The deployment that was live last, is ready still, and is older than the
   * one that is live now, so that a second rollback does not lead to what the
   * first one left; undefined when there is none.
   */
  findPreviouslyLive(request: {
    entityRef: string;
    environment: string;
  }): Promise<HeldDeployment | undefined>;
  /** When we learned of a deployment of an entity; undefined when we did not. */
  findFirstSeen(deployment: {
    entityRef: string;
    deploymentId: string;
  }): Promise<Date | undefined>;
  listEnvironments(entityRef: string): Promise<HeldEnvironment[]>;
  /** Those that a provider may still change by itself. */
  listUnfinished(options: {
    entityRef: string;
    provider: string;
  }): Promise<HeldDeployment[]>;
  /** Those of a time span that are not known to be deleted, oldest news first. */
  listHeldSince(options: {
    entityRef: string;
    provider: string;
    createdSince: Date;
    observedBefore: Date;
    exceptExternalIds: string[];
    limit: number;
  }): Promise<HeldDeployment[]>;
}
