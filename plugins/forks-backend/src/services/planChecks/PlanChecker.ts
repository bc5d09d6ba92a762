import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { ForkRequest, PlanCheck } from '@forkyard/plugin-forks-common';
import type { ForkStore } from '../../database/ForkStore';
import type { ProjectSource } from '../../sources/HostingSource';
import type { RegistrationSource } from '../../sources/RegistrationSource';
import type { RepositorySource } from '../../sources/RepositorySource';
import type { SecretService } from '../SecretService';
import type { ResolvedBase } from './resolveBase';

/** What a check found. */
export interface PlanFinding extends PlanCheck {
  /** It could not be checked, because something did not answer. */
  unavailable?: boolean;
}

/** What checks may look at. */
export interface PlanCheckContext {
  request: ForkRequest;
  credentials: BackstageCredentials;
  /** Rejects when there is no such base. */
  base: Promise<ResolvedBase>;
  organization: string;
  /** `owner/repo` of the bases on offer. */
  bases: string[];
  repositories: RepositorySource;
  projects: ProjectSource;
  registration: RegistrationSource;
  forks: ForkStore;
  secrets: SecretService;
  estimate?: { lowUsd: number; highUsd: number };
}

/**
 * One read-only check. What it throws becomes a failed check.
 */
export interface PlanChecker {
  id: string;
  check(context: PlanCheckContext): Promise<PlanFinding[]>;
}
