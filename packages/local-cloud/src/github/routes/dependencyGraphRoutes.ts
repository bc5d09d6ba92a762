import { listLockfiles, toSbom } from '../security';
import { notFound } from '../services';
import { repositoryOf, RouteGroup } from './RouteContext';

/** Serves the bill of materials of the default branch, computed when it is asked for. */
export const dependencyGraphRoutes: RouteGroup = (router, context) => {
  router.get(
    '/repos/:owner/:repo/dependency-graph/sbom',
    async (request, response) => {
      const repository = repositoryOf(context, request, response);
      const { objects } = context.repositories.git(repository);
      const sha = await objects.findCommitSha(
        `refs/heads/${repository.defaultBranch}`,
      );
      const [commit] = sha ? await objects.readCommits([sha]) : [];
      if (!commit) {
        throw notFound();
      }
      response.json(
        toSbom({
          baseUrl: context.baseUrl(),
          repository,
          commit: commit.sha,
          created: commit.committer.date,
          lockfiles: await listLockfiles(objects, commit.sha),
        }),
      );
    },
  );
};
