/**
 * Holds which rollouts outside has still to be told of, so that neither a lost
 * event nor trouble there leaves a pending status for ever. Time is the
 * database's.
 */
export interface GateReportsStore {
  /**
   * Notes that the rollout has gates; gives what the platform was told last, and
   * by what {@link settle} knows whether anything came to it since.
   */
  begin(rolloutId: string): Promise<{ checks?: string; version: string }>;
  putChecks(rolloutId: string, checks: string): Promise<void>;
  /** Has the rollout looked after in so many seconds. */
  delay(rolloutId: string, seconds: number): Promise<void>;
  /**
   * Nothing has to be told of the rollout any more. Does nothing when it was
   * delayed or reopened since the `version`, if one is given.
   */
  settle(rolloutId: string, version?: string): Promise<void>;
  /**
   * Has the rollout looked after now, settled or not, and all of it told again:
   * it is not known what outside heard last.
   */
  reopen(rolloutId: string): Promise<void>;
  /** Rollouts that are due, the longest waiting first. */
  listDue(options: { limit: number }): Promise<string[]>;
}
