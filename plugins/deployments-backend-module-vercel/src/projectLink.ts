import { findGitHubBranch } from '@forkyard/backend-kit';
import type { VercelProject } from './vercelSchemas';

/**
 * Tells whether a file is in the repository that a project is linked to, on the
 * branch that goes to production, or on some branch while that is unknown.
 */
export function isLinkedTo(
  project: VercelProject,
  options: { sourceUrl: string; gitHubUrl: string },
): boolean {
  const { org, repo, productionBranch } = project.link ?? {};
  if (!org || !repo) return false;
  const branch = findGitHubBranch(
    options.sourceUrl,
    `${options.gitHubUrl}/${org}/${repo}`,
  );
  return branch !== undefined && branch === (productionBranch || branch);
}
