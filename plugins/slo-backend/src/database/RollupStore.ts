import type { LatencySketch } from '../ingest/LatencySketch';

/** Length of a bucket. */
export type RollupGrain = 'minute' | 'hour';

/**
 * Which buckets are meant: those that begin at `from` or later, and before
 * `to`. No project gives nothing.
 */
export interface RollupQuery {
  /** The provider's ids, such as `prj_1`. */
  projectIds: string[];
  from: Date;
  to: Date;
  /** Default: every environment. */
  environment?: string;
  /** The provider's ids, such as `dpl_1`. Default: every deployment. */
  deploymentIds?: string[];
  /**
   * Leaves the durations out, which is several times quicker; they are then
   * empty, whatever is known.
   */
  withoutDurations?: boolean;
}

/**
 * What was counted. A request is counted once, by its id; an error is a request
 * answered with a status of 500 or above, or not answered at all.
 */
export interface RollupTotals {
  requests: number;
  errors: number;
  /**
   * Durations of requests in milliseconds. They come from another drain than
   * the requests, so their count may differ; a count of 0 means that latency is
   * unknown, not that it is zero.
   */
  durations: LatencySketch;
}

/** What was counted for one deployment in one bucket. */
export interface RollupPoint extends RollupTotals {
  /** Begin of the bucket. */
  at: Date;
  projectId: string;
  /** The provider's id, `dpl_1`, without the `vercel:` of our own ids. */
  deploymentId: string;
  environment: string;
}

/** When a project was last heard of. */
export interface RollupLastSeen {
  projectId: string;
  /** Begin of the newest minute with a request. */
  lastRequestAt?: Date;
  /** Begin of the newest minute with a duration. */
  lastDurationAt?: Date;
}

/** What a commit has changed. */
export interface RollupCommit {
  projectIds: string[];
  /** Begins of the oldest and the newest minute that changed. */
  from: Date;
  to: Date;
}

/**
 * Counts of requests, errors and durations by project, deployment, environment
 * and minute, kept for two days, and by hour, kept for 35 days.
 */
export interface RollupStore {
  /**
   * Lists the buckets with data, oldest first. Minutes reach two days back. The
   * hour in progress is given as far as it is known.
   */
  listSeries(
    query: RollupQuery & { grain: RollupGrain },
  ): Promise<RollupPoint[]>;

  /**
   * Adds everything up. Times within the last hours are exact to the minute;
   * `from` and `to` further back are taken down to their full hour.
   */
  getTotals(query: RollupQuery): Promise<RollupTotals>;

  /** Tells when each project was last heard of; unknown ones are left out. */
  listLastSeen(options: { projectIds: string[] }): Promise<RollupLastSeen[]>;

  /**
   * Calls back after each commit that this process made, never before it is
   * durable. A nudge: commits of other replicas are not told. Returns the
   * function that ends it. The
   * listener must not throw.
   */
  onCommitted(listener: (commit: RollupCommit) => void): () => void;
}
