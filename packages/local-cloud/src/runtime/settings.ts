/** Limits of builds and of running deployments. */
export interface RuntimeSettings {
  /** Builds at the same time; the others wait in QUEUED. */
  buildConcurrency: number;
  buildTimeoutMillis: number;
  /** How long a process may take until its first HTTP answer. */
  readyTimeoutMillis: number;
  /** How long a process may take until the head of an answer. */
  answerTimeoutMillis: number;
  /** A process without requests for this long is stopped. */
  idleMillis: number;
  /** Resident memory of a deployment's processes together. */
  memoryLimitMb: number;
  /** How often memory and idleness are looked at. */
  watchMillis: number;
  /** Wait before the first restart of a crashed process; doubles each time. */
  restartMillis: number;
}

export const defaultRuntimeSettings: RuntimeSettings = {
  buildConcurrency: 2,
  buildTimeoutMillis: 10 * 60_000,
  readyTimeoutMillis: 30_000,
  // Vercel's default for functions, https://vercel.com/docs/functions/configuring-functions/duration
  answerTimeoutMillis: 300_000,
  idleMillis: 15 * 60_000,
  memoryLimitMb: 512,
  watchMillis: 1_000,
  restartMillis: 250,
};
