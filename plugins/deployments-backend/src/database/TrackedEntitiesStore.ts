import type { TrackedProject } from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';

/**
 * An entity whose deployments are followed at one provider.
 */
export interface TrackedEntity {
  entityRef: string;
  provider: string;
  /** Version of the entity at the last discovery. */
  etag?: string;
  /** Absent until the provider resolved it. */
  project?: ProjectRef;
  /** When the provider last answered. */
  lastSuccessAt?: Date;
  /** Why it has not answered since; absent when it did. */
  lastError?: string;
  /** Failures in a row. */
  failures: number;
}

/** A tracked entity that this process alone may work on for a while. */
export interface ClaimedEntity extends TrackedEntity {
  /** New at every claim, so that a worker that comes too late is noticed. */
  leaseId: string;
}

/**
 * How an attempt to ask the provider ended.
 */
export type ReconcileOutcome =
  | { succeeded: true; nextInSeconds: number }
  | { succeeded: false; nextInSeconds: number; error: string };

/**
 * Holds which entities are followed, and when each is due.
 *
 * All times are the database's, so that replicas with different clocks agree.
 */
export interface TrackedEntitiesStore {
  now(): Promise<Date>;
  /**
   * Adds entities that are new, due at once, and makes those due whose etag
   * changed, because their annotations may name another project now.
   */
  track(
    entities: { entityRef: string; provider: string; etag?: string }[],
  ): Promise<void>;
  untrack(entities: { entityRef: string; provider: string }[]): Promise<void>;
  list(): Promise<{ entityRef: string; provider: string }[]>;
  /** Those whose project is resolved, in the order of their refs. */
  listProjects(options: {
    after?: { entityRef: string; provider: string };
    limit: number;
  }): Promise<TrackedProject[]>;
  listByEntity(entityRef: string): Promise<TrackedEntity[]>;
  /**
   * Those whose project this is, by ref; also those that had deployments of it
   * and whose project is being resolved anew.
   */
  listSharing(project: {
    provider: string;
    projectId: string;
  }): Promise<string[]>;
  /**
   * Keeps the resolved project; undefined makes the next attempt resolve it.
   * Does nothing when the entity's etag changed meanwhile, because the project
   * was then read from an outdated entity.
   */
  setProject(
    entity: { entityRef: string; provider: string; etag?: string },
    project: ProjectRef | undefined,
  ): Promise<void>;
  /**
   * Claims entities that are due. Two processes never claim the same one, and
   * a claim that is not completed ends after `leaseSeconds`.
   */
  claimDue(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedEntity[]>;
  /**
   * Ends a claim. False when the claim had run out and somebody else has it,
   * in which case nothing is changed.
   */
  complete(leaseId: string, outcome: ReconcileOutcome): Promise<boolean>;
  /** Keeps the outcome of an attempt made without a claim. */
  recordOutcome(
    entity: { entityRef: string; provider: string },
    outcome: ReconcileOutcome,
  ): Promise<void>;
  /**
   * Makes the entities of a project due at once; one that is claimed becomes
   * due when its claim is completed, because the worker may have asked before.
   */
  requestReconcile(project: {
    provider: string;
    projectId: string;
  }): Promise<number>;
}
