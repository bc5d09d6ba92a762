/**
 * Holds which rollouts outside has still to be told of, so that neither a lost
 * event nor trouble there leaves a pending status for ever. Time is the
 * database's.
 */
export interface GateReportsStore {
  /** Notes that the rollout has gates; gives what the platform was told last. */
  begin(rolloutId: string): Promise<{ checks?: string }>;
  putChecks(rolloutId: string, checks: string): Promise<void>;
  /** Has the rollout looked after in so many seconds. */
  delay(rolloutId: string, seconds: number): Promise<void>;
  /** Nothing has to be told of the rollout any more. */
  settle(rolloutId: string): Promise<void>;
  /** Rollouts that are due, the longest waiting first. */
  listDue(options: { limit: number }): Promise<string[]>;
}
