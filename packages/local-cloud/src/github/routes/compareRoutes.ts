import { z } from 'zod';
import { ApiError } from '../../http';
import { zeroSha } from '../git';
import { notFound } from '../services';
import { placeOf, toRestFileChange } from '../shapes';
import { Repository } from '../store';
import { describeCommit } from './commitRoutes';
import {
  linkPages,
  parseBody,
  readPage,
  repositoryOf,
  restOfPath,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';
import { personOf } from './writeInitialCommit';

const mergeSchema = z.object({
  base: z.string(),
  head: z.string(),
  commit_message: z.string().optional(),
});

/** Resolves `branch` or `owner:branch`; a branch of a fork is fetched so that git can compare. */
export async function resolveAcrossForks(
  context: RouteContext,
  repository: Repository,
  name: string,
): Promise<string | undefined> {
  const { objects, writer } = context.repositories.git(repository);
  const [owner, ...rest] = name.split(':');
  if (rest.length === 0 || owner === repository.owner.login) {
    return objects.findCommitSha(rest.length === 0 ? name : rest.join(':'));
  }
  const ref = rest.at(-1) ?? '';
  const related = context.store.repositories
    .list({ includePrivate: true })
    .find(
      candidate =>
        candidate.owner.login === owner &&
        (rest.length === 1 || candidate.name === rest[0]) &&
        (candidate.parentId === repository.id ||
          candidate.id === repository.parentId ||
          (candidate.parentId !== undefined &&
            candidate.parentId === repository.parentId)),
    );
  const other = related && context.repositories.git(related);
  const sha = await other?.objects.findCommitSha(ref);
  if (other && sha && (await objects.readCommits([sha])).length === 0) {
    await writer.fetchFrom(other.gitDir, [sha]);
  }
  return sha;
}

const mergeRoute: RouteGroup = (router, context) => {
  router.post('/repos/:owner/:repo/merges', async (request, response) => {
    const { repository, login } = writableRepositoryOf(
      context,
      request,
      response,
    );
    const body = parseBody(mergeSchema, request.body, 'Merge');
    const { objects, history, writer } = context.repositories.git(repository);
    const ref = `refs/heads/${body.base}`;
    const sha = await context.repositories.write(
      repository,
      login,
      async () => {
        const base = await objects.findRef(ref);
        const head = await objects.findCommitSha(body.head);
        if (!base || !head) {
          throw new ApiError(
            404,
            base ? 'Head does not exist' : 'Base does not exist',
          );
        }
        if (await history.isAncestor(head, base.sha)) {
          return undefined;
        }
        const tree = await history.mergeTrees(base.sha, head);
        if (!tree) {
          throw new ApiError(409, 'Merge conflict');
        }
        const person = personOf(context, login);
        const after = await writer.writeCommit({
          tree,
          parents: [base.sha, head],
          author: person,
          committer: person,
          message:
            body.commit_message ?? `Merge ${body.head} into ${body.base}`,
        });
        await writer.updateRef({ ref, before: base.sha || zeroSha, after });
        return after;
      },
    );
    if (!sha) {
      response.status(204).end();
      return;
    }
    const [commit] = await objects.readCommits([sha]);
    response.status(201).json(describeCommit(context, repository, commit));
  });
};

/** Serves comparisons of two commits, and merges of one branch into another one. */
export const compareRoutes: RouteGroup = (router, context) => {
  router.get('/repos/:owner/:repo/compare/*', async (request, response) => {
    const repository = repositoryOf(context, request, response);
    const { objects, history } = context.repositories.git(repository);
    const match = /^(.+?)\.\.\.(.+)$/.exec(restOfPath(request));
    if (!match) {
      throw notFound();
    }
    const [base, head] = await Promise.all(
      match.slice(1).map(name => resolveAcrossForks(context, repository, name)),
    );
    const mergeBase =
      base && head ? await history.findMergeBase(base, head) : undefined;
    if (!base || !head || !mergeBase) {
      throw new ApiError(
        404,
        base && head
          ? `No common ancestor between ${match[1]} and ${match[2]}.`
          : 'Not Found',
      );
    }
    const page = readPage(request, 100);
    const range = { from: [head], without: [base] };
    const ahead = await history.count(range);
    const behind = await history.count({ from: [base], without: [head] });
    const shas = await history.listShas({ ...range, limit: 10_000 });
    const pageShas = shas
      .reverse()
      .slice(page.offset, page.offset + page.perPage);
    linkPages(context, request, response, {
      page,
      total: ahead,
      hasMore: page.offset + page.perPage < ahead,
    });
    const commits = await objects.readCommits(pageShas);
    const [baseCommit, mergeBaseCommit] = await objects.readCommits([
      base,
      mergeBase,
    ]);
    const changes =
      page.page === 1
        ? await history.listChanges({
            before: mergeBase,
            after: head,
            patches: true,
          })
        : [];
    const place = placeOf(context.baseUrl(), repository);
    const html = `${place.baseUrl}/${place.slug}/compare`;
    const status = behind === 0 ? 'ahead' : 'diverged';
    response.json({
      url: `${place.baseUrl}/repos/${place.slug}/compare/${match[0]}`,
      html_url: `${html}/${match[0]}`,
      permalink_url: `${html}/${base}...${head}`,
      diff_url: `${html}/${match[0]}.diff`,
      patch_url: `${html}/${match[0]}.patch`,
      base_commit: describeCommit(context, repository, baseCommit),
      merge_base_commit: describeCommit(context, repository, mergeBaseCommit),
      status: ahead === 0 ? (behind === 0 && 'identical') || 'behind' : status,
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: commits.map(commit =>
        describeCommit(context, repository, commit),
      ),
      files: changes
        .slice(0, 300)
        .map(change => toRestFileChange(place, head, change)),
    });
  });
  mergeRoute(router, context);
};
