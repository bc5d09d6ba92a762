import { emptyRepository } from '../services';
import { Repository } from '../store';
import { RouteContext } from './RouteContext';

/** Refuses with GitHub's 409 while a repository has no branch. */
export async function requireContent(
  context: RouteContext,
  repository: Repository,
): Promise<void> {
  const { objects } = context.repositories.git(repository);
  if ((await objects.listRefs('refs/heads/')).length === 0) {
    throw emptyRepository();
  }
}
