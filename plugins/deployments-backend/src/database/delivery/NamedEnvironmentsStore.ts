/** An environment that a file names and this process alone looks after for a while. */
export interface ClaimedEnvironment {
  entityRef: string;
  environment: string;
  /** New at every claim, so that a worker that comes too late is noticed. */
  leaseId: string;
  /** In a row. */
  failures: number;
}

/** A commit that this process alone deploys to an environment. */
export interface ClaimedPush extends ClaimedEnvironment {
  commitSha: string;
  /** The same at every claim, and nobody can guess it. */
  key: string;
  /** The deployment of production that was built of the commit. */
  source: {
    provider: string;
    projectId: string;
    teamId?: string;
    externalId: string;
  };
}

/** How an attempt ended; times are counted by the database's clock. */
export type NamedEnvironmentOutcome =
  | { ready: true; nextInSeconds: number }
  | { ready: false; error?: string; nextInSeconds: number };

/**
 * Holds which environments that files name are there, and which commits were
 * deployed to them by themselves. Two processes never claim the same; a claim
 * that is not ended ends after `leaseSeconds`.
 */
export interface NamedEnvironmentsStore {
  /** Claims environments that were not looked at for a while. */
  claimEnvironments(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedEnvironment[]>;
  /** Does nothing when somebody else has the claim by now. */
  completeEnvironment(
    claimed: ClaimedEnvironment,
    outcome: NamedEnvironmentOutcome,
  ): Promise<void>;
  /**
   * Claims the newest commits that were built for production by a push, of
   * each environment that takes them, is there, and did not get them yet. What
   * somebody had built in the portal is no push.
   */
  claimPushes(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedPush[]>;
  /** Does nothing when somebody else has the claim by now. */
  completePush(
    claimed: ClaimedPush,
    outcome:
      { deploymentId: string } | { error: string; nextInSeconds: number },
  ): Promise<void>;
  /** What went wrong and was not mended yet, of the environments that are named now. */
  listErrors(
    entityRef: string,
  ): Promise<{ environment: string; commitSha?: string; error: string }[]>;
}
