import type { ProjectRef } from '@forkyard/plugin-deployments-node';

/** Remembers which projects we told to keep new versions without traffic. */
export interface StagingStore {
  /** Whether a project's staging was switched on by us; `told` once it is so. */
  find(project: ProjectRef): Promise<{ told: boolean } | undefined>;
  put(project: ProjectRef, staging: { told: boolean }): Promise<void>;
  /**
   * Forgets that the provider was told, so that it is told again; false when it
   * was not, or was told after `askedAt`.
   */
  forgetTold(project: ProjectRef, askedAt: Date): Promise<boolean>;
  delete(project: ProjectRef): Promise<void>;
}
