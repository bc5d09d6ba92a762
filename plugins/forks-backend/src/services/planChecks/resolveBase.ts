import { InputError, NotFoundError } from '@backstage/errors';
import {
  parseRepositoryName,
  type RepositoryName,
  type RepositorySource,
} from '../../sources/RepositorySource';

/** The base as it is now. */
export interface ResolvedBase {
  name: RepositoryName;
  /** `owner/repo`. */
  repository: string;
  /** Tip of its default branch. */
  sha: string;
}

/**
 * Finds the base that a request names, among those that are on offer: the portal
 * can read more repositories than the person who asks.
 */
export async function resolveBase(
  baseApplication: string,
  options: { repositories: RepositorySource; bases: string[] },
): Promise<ResolvedBase> {
  const name = parseRepositoryName(baseApplication);
  if (!name) {
    throw new InputError(
      `'${baseApplication}' names no repository: write owner/repo, or the URL of the repository`,
    );
  }
  const repository = `${name.owner}/${name.repo}`;
  if (!options.bases.includes(repository)) {
    throw new InputError(
      `'${repository}' is not offered as a base application. Choose one of ${options.bases.join(', ')}`,
    );
  }
  const found = await options.repositories.findRepository(name);
  if (!found) {
    throw new NotFoundError(
      `Base application '${repository}' does not exist, or the portal's credentials cannot read it`,
    );
  }
  const sha = await options.repositories.findBranchHead({
    ...name,
    branch: found.defaultBranch,
  });
  if (!sha) {
    throw new InputError(
      `Base application '${repository}' is empty: its branch '${found.defaultBranch}' has no commit`,
    );
  }
  return { name, repository, sha };
}
