/**
 * Requests that one version answered in a time.
 *
 * @public
 */
export interface VerdictCounts {
  requests: number;
  /** Requests that were answered with a 5xx status. */
  errors: number;
  /** Requests whose duration was measured; 0 when none was. */
  durations: number;
  /**
   * Of those, the ones that took longer than the threshold, which is a quantile
   * of the stable version.
   */
  slow: number;
}

/**
 * What both versions answered since the tick before. Requests of the same tick
 * met the same conditions, so that what hits both versions blames neither.
 *
 * @public
 */
export interface VerdictTick {
  canary: VerdictCounts;
  stable: VerdictCounts;
}

/**
 * What the stable version served before a rollout, in times of one length that
 * follow each other, the newest last.
 *
 * @public
 */
export interface VerdictHistory {
  steps: Pick<VerdictCounts, 'requests' | 'errors'>[];
  /** As long as how many ticks of the rollout a step is. */
  ticksPerStep: number;
}

/**
 * What may be done with the traffic; `decideVerdict` says when each is given.
 *
 * @public
 */
export type VerdictDecision = 'continue' | 'promote' | 'hold' | 'abort';

/** @public */
export type VerdictMetricName = 'errors' | 'latency';

/**
 * What is known about one metric of the new version.
 *
 * @public
 */
export interface VerdictMetric {
  metric: VerdictMetricName;
  /** Share of bad requests; absent when nothing was measured. */
  canaryRatio?: number;
  stableRatio?: number;
  /** Bounds of `canary - stable` that hold at every time together. */
  differenceLow?: number;
  differenceHigh?: number;
  /** Evidence that the new version is worse: 0 is none, 1 is enough to abort. */
  harmProgress: number;
  /** Evidence that it is good enough: 0 is none, 1 is enough to promote. */
  goodProgress: number;
  /** As how many independent requests it takes to count for one; 1 where each fails for itself. */
  designEffect?: number;
  /** How many more requests of the new version are needed for a promotion, as far as can be said. */
  requestsNeeded?: number;
}

/**
 * What is to be done with a rollout, and why.
 *
 * @public
 */
export interface Verdict {
  decision: VerdictDecision;
  /** A sentence for people, with the numbers. */
  reason: string;
  /** Errors, and latency when either version has any. */
  metrics: VerdictMetric[];
  /** All that was counted since the rollout, or its stage, began. */
  canary: VerdictCounts;
  stable: VerdictCounts;
  elapsedSeconds: number;
}

/**
 * How a rollout is judged.
 *
 * @public
 */
export interface VerdictSettings {
  /** Share of good versions that may be aborted by mistake, all metrics together. Default 0.01. */
  falseAbortRate: number;
  /** Share of versions worse than the tolerance that may be promoted by mistake. Default 0.05. */
  falsePromoteRate: number;
  /**
   * By how much the share of failed requests may be worse. One that is given is
   * taken as it is. Default 0.005, half a percentage point, for a promotion, and
   * for an abort less where errors are rare: a quarter of the stable version's
   * share, at least 0.1 points.
   */
  errorTolerance: number;
  /** By how much the share of slow requests may be worse. Default 0.05. */
  latencyTolerance: number;
  /** Fewer requests of the new version never decide anything. Default 50. */
  minimumRequests: number;
  /** This share of failed requests aborts after `catastropheRequests`. Default 0.5. */
  catastropheRatio: number;
  /** Default 20. */
  catastropheRequests: number;
  /**
   * How many requests count as one, at least: `n` makes the promises hold when
   * up to `n` requests of a tick fail or succeed together, and takes `n` times as
   * long. More is taken where the traffic shows it. Default 1.
   */
  designEffect: number;
}
