import type { TrackedProject } from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';

/** A project whose staging is not what its plans ask for. */
export interface UnalignedProject extends TrackedProject {
  /** `unknown` when the file of its entity was never read. */
  wanted: 'staged' | 'direct' | 'unknown';
}

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
  /**
   * Lists what is to be staged, or not any more, by what is held of the plans;
   * `except` names projects by provider and id, with a space in between.
   */
  listUnaligned(options: {
    limit: number;
    except: string[];
  }): Promise<UnalignedProject[]>;
}
