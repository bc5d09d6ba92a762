import type { ProjectRef } from '@forkyard/plugin-deployments-node';

/** Remembers which projects we told to keep new versions without traffic. */
export interface StagingStore {
  /** Whether a project's staging was switched on by us; `told` once it is so. */
  find(project: ProjectRef): Promise<{ told: boolean } | undefined>;
  put(project: ProjectRef, staging: { told: boolean }): Promise<void>;
  delete(project: ProjectRef): Promise<void>;
}
