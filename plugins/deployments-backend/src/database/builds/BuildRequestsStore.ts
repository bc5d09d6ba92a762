import type { ProjectRef } from '@forkyard/plugin-deployments-node';

/** What somebody is about to have built. */
export interface BuildRequest {
  entityRef: string;
  project: ProjectRef;
  /** For which it is built. */
  environment: string;
  /** Our id of the deployment that is built anew. */
  sourceId: string;
  commitSha?: string;
  actor: string;
}

export interface NotedBuildRequest {
  key: string;
  isNew: boolean;
  deploymentId?: string;
}

/**
 * Holds who asks for builds, from before the provider is asked: whoever dies
 * between its answer and ours leaves what tells the asker all the same.
 */
export interface BuildRequestsStore {
  /**
   * Notes a request and gives its key, which nobody can guess. With `isShared` a
   * request for the same is given, with what came of it, while its build is under
   * way or was made just now; and the actor's own whose answer was lost.
   */
  note(
    request: BuildRequest,
    options: { isShared: boolean },
  ): Promise<NotedBuildRequest>;
  /**
   * Keeps what came of a request. The first who asked for a deployment stays
   * its asker.
   */
  confirm(
    key: string,
    built: { deploymentId: string; actor: string },
  ): Promise<void>;
  /** Forgets a request that the provider refused. */
  withdraw(key: string): Promise<void>;
}
