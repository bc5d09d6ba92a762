export interface Config {
  deployments?: {
    /**
     * Seconds between two looks at a project where nothing is happening, from 5
     * to 3600. While something is queued or building the provider is asked
     * every 2 seconds, and after failures more and more rarely. Default: 30.
     */
    reconcileSeconds?: number;
  };
}
