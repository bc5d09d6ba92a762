import type {
  FindingSource,
  SourceCondition,
} from '@forkyard/plugin-security-findings-common';

/** One source of one entity. */
export interface ScanKey {
  entityRef: string;
  source: FindingSource;
  /** Empty for everything but uploaded reports. */
  category: string;
}

/** What is known of a source for an entity. */
export interface Scan extends ScanKey {
  condition: SourceCondition;
  reason?: string;
  asOf?: Date;
  /** What was looked at last. */
  version?: string;
  /** What was looked at when far less was found than before. */
  doubtedVersion?: string;
  failures: number;
}

/** A scan that is ours to do until its lease runs out. */
export interface ClaimedScan extends Scan {
  leaseId: string;
}

/** How a look ended. */
export interface ScanResult {
  condition: Exclude<SourceCondition, 'waiting'>;
  reason?: string;
  /** What was looked at, when the condition is `on`. */
  version?: string;
  /** What was looked at, when the condition is `unconfirmed`. */
  doubtedVersion?: string;
  /** Absent for uploads, which nobody looks for. */
  nextInSeconds?: number;
}

/** An entity and the repository that it may name. */
export interface TrackedEntity {
  entityRef: string;
  /** owner/name in lower case. */
  repository?: string;
  /** Why it may not name its repository. */
  refusal?: string;
}

/**
 * Knows whose sources are looked at, when next, and how the last look ended.
 */
export interface ScansStore {
  /**
   * Follows entities with the given sources. One whose repository changed is
   * looked at at once.
   */
  track(entities: TrackedEntity[], sources: FindingSource[]): Promise<void>;
  /** Ceases to look; what is held stays. */
  untrack(entityRefs: string[]): Promise<void>;
  listTracked(): Promise<string[]>;
  findTracked(entityRef: string): Promise<TrackedEntity | undefined>;
  listByEntity(entityRef: string): Promise<Scan[]>;
  find(key: ScanKey): Promise<Scan | undefined>;
  /** When the entities' sources were last looked at with success. */
  listAsOf(entityRefs?: string[]): Promise<Map<string, Date>>;
  /** Claims what is due; two processes never claim the same. */
  claimDue(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedScan[]>;
  /**
   * Ends a claim. False when it had run out and somebody else has it, in which
   * case nothing is changed.
   */
  complete(leaseId: string, result: ScanResult): Promise<boolean>;
  /** Keeps the result of a look made without a claim. */
  record(key: ScanKey, result: ScanResult): Promise<void>;
  /**
   * Makes sources due at once; one that is claimed becomes due when its claim
   * ends, because the worker may have looked before.
   */
  request(
    where: { entityRef: string } | { repository: string },
    sources: FindingSource[],
  ): Promise<number>;
}
