import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { ApiError, getCaller } from '../../http';
import { GitCommit, isRefName, isTreePath } from '../git';
import { emptyRepository, notFound, validationFailed } from '../services';
import {
  placeOf,
  toRestCommit,
  toRestFileChange,
  toRestStatus,
} from '../shapes';
import { Repository, repositoryScope, StatusBody } from '../store';
import { describeCheckRun, listCheckRuns } from './checkRunRoutes';
import {
  describeRepository,
  linkPages,
  pageOf,
  parseBody,
  readPage,
  repositoryOf,
  restOfPath,
  RouteContext,
  RouteGroup,
} from './RouteContext';

const statusSchema = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  context: z.string().default('default'),
  description: z.string().max(140).nullish(),
  target_url: z.string().nullish(),
});

/** Describes a commit with the accounts that its addresses name. */
export function describeCommit(
  context: RouteContext,
  repository: Repository,
  commit: GitCommit,
) {
  const accountOf = (email: string) => {
    const match = /^\d+\+([^@]+)@users\.noreply\.github\.com$/.exec(email);
    return match ? context.store.accounts.find(match[1]) : undefined;
  };
  return toRestCommit(placeOf(context.baseUrl(), repository), commit, {
    author: accountOf(commit.author.email),
    committer: accountOf(commit.committer.email),
  });
}

async function getCommitSha(
  context: RouteContext,
  repository: Repository,
  ref: string,
): Promise<string> {
  const { objects } = context.repositories.git(repository);
  const sha = await objects.findCommitSha(ref);
  if (sha) {
    return sha;
  }
  if ((await objects.listRefs('refs/heads/')).length === 0) {
    throw emptyRepository();
  }
  throw new ApiError(422, `No commit found for SHA: ${ref}`);
}

async function describeFullCommit(
  context: RouteContext,
  repository: Repository,
  ref: string,
) {
  const { objects, history } = context.repositories.git(repository);
  const sha = await getCommitSha(context, repository, ref);
  const [commit] = await objects.readCommits([sha]);
  const changes = await history.listChanges({
    before: commit.parents[0],
    after: sha,
    patches: true,
  });
  const place = placeOf(context.baseUrl(), repository);
  const sum = (key: 'additions' | 'deletions') =>
    changes.reduce((total, change) => total + change[key], 0);
  return {
    ...describeCommit(context, repository, commit),
    stats: {
      additions: sum('additions'),
      deletions: sum('deletions'),
      total: sum('additions') + sum('deletions'),
    },
    files: changes.map(change => toRestFileChange(place, sha, change)),
  };
}

function latestStatuses(
  context: RouteContext,
  repository: Repository,
  sha: string,
) {
  const all = context.store.statuses
    .list(repositoryScope(repository))
    .filter(status => status.body.sha === sha)
    .reverse();
  const latest = all.filter(
    (status, index) =>
      all.findIndex(other => other.body.context === status.body.context) ===
      index,
  );
  return { all, latest };
}

function combinedState(states: StatusBody['state'][]): string {
  if (states.some(state => state === 'error' || state === 'failure')) {
    return 'failure';
  }
  return states.length > 0 && states.every(state => state === 'success')
    ? 'success'
    : 'pending';
}

function describeStatuses(
  context: RouteContext,
  repository: Repository,
  statuses: ReturnType<typeof latestStatuses>['all'],
) {
  const place = placeOf(context.baseUrl(), repository);
  return statuses.map(status =>
    toRestStatus(
      place,
      status,
      context.store.accounts.find(status.body.creator),
    ),
  );
}

async function combinedStatus(
  context: RouteContext,
  repository: Repository,
  ref: string,
) {
  const sha = await getCommitSha(context, repository, ref);
  const { latest } = latestStatuses(context, repository, sha);
  const url = `${context.baseUrl()}/repos/${repository.owner.login}/${
    repository.name
  }/commits/${sha}`;
  return {
    state: combinedState(latest.map(({ body }) => body.state)),
    statuses: describeStatuses(context, repository, latest),
    sha,
    total_count: latest.length,
    repository: describeRepository(context, repository),
    commit_url: url,
    url: `${url}/status`,
  };
}

async function sendCheckRuns(
  context: RouteContext,
  options: {
    repository: Repository;
    ref: string;
    request: Request;
    response: Response;
  },
): Promise<void> {
  const { repository, ref, request, response } = options;
  const sha = await getCommitSha(context, repository, ref);
  const { query } = request;
  const runs = listCheckRuns(context, { repository, sha, query });
  response.json({
    total_count: runs.length,
    check_runs: pageOf(context, request, response, runs).map(run =>
      describeCheckRun(context, repository, run),
    ),
  });
}

function statusRoutes(router: Router, context: RouteContext): void {
  router.post(
    '/repos/:owner/:repo/statuses/:sha',
    async (request, response) => {
      const { login } = getCaller(response);
      const repository = repositoryOf(context, request, response);
      const body = parseBody(statusSchema, request.body, 'Status');
      const { objects } = context.repositories.git(repository);
      const [commit] = await objects.readCommits([request.params.sha]);
      if (!commit) {
        throw new ApiError(
          422,
          `No commit found for SHA: ${request.params.sha}`,
        );
      }
      const scope = repositoryScope(repository);
      const status = context.store.statuses.put(scope, crypto.randomUUID(), {
        sha: commit.sha,
        state: body.state,
        context: body.context,
        description: body.description ?? undefined,
        targetUrl: body.target_url ?? undefined,
        creator: login,
      });
      const [described] = describeStatuses(context, repository, [status]);
      context.events.emit({
        event: 'status',
        repository,
        login,
        body: {
          ...described,
          sha: commit.sha,
          name: `${repository.owner.login}/${repository.name}`,
          commit: describeCommit(context, repository, commit),
          branches: [],
        },
      });
      response.status(201).json(described);
    },
  );
}

function listRoute(router: Router, context: RouteContext): void {
  router.get('/repos/:owner/:repo/commits', async (request, response) => {
    const repository = repositoryOf(context, request, response);
    const { objects, history } = context.repositories.git(repository);
    const text = (name: string) => {
      const value = request.query[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const ref = text('sha') ?? repository.defaultBranch;
    const path = text('path')?.replace(/^\/+|\/+$/g, '');
    const dates = ['since', 'until'].map(text);
    if (
      (path && !isTreePath(path)) ||
      dates.some(date => date && Number.isNaN(Date.parse(date)))
    ) {
      throw validationFailed([], 'path, since or until is not valid');
    }
    const page = readPage(request);
    const tip = await objects.findCommitSha(ref);
    if (!tip) {
      await getCommitSha(context, repository, ref).catch(error => {
        throw error.status === 409 ? error : notFound();
      });
    }
    const shas = await history.listShas({
      from: [tip ?? ref],
      path,
      author: text('author'),
      since: dates[0] && new Date(dates[0]).toISOString(),
      until: dates[1] && new Date(dates[1]).toISOString(),
      skip: page.offset,
      limit: page.perPage + 1,
    });
    linkPages(context, request, response, {
      page,
      hasMore: shas.length > page.perPage,
    });
    const commits = await objects.readCommits(shas.slice(0, page.perPage));
    response.json(
      commits.map(commit => describeCommit(context, repository, commit)),
    );
  });
}

function commitRoute(router: Router, context: RouteContext): void {
  router.get('/repos/:owner/:repo/commits/*', async (request, response) => {
    const repository = repositoryOf(context, request, response);
    const rest = restOfPath(request);
    const match =
      /^(.+)\/(status|statuses|check-runs|check-suites|pulls)$/.exec(rest);
    const ref = match ? match[1] : rest;
    if (!isRefName(ref)) {
      throw notFound();
    }
    switch (match?.[2]) {
      case 'status':
        response.json(await combinedStatus(context, repository, ref));
        return;
      case 'statuses': {
        const sha = await getCommitSha(context, repository, ref);
        const { all } = latestStatuses(context, repository, sha);
        const page = pageOf(context, request, response, all);
        response.json(describeStatuses(context, repository, page));
        return;
      }
      case 'check-runs':
        await sendCheckRuns(context, { repository, ref, request, response });
        return;
      case 'check-suites':
        await getCommitSha(context, repository, ref);
        response.json({ total_count: 0, check_suites: [] });
        return;
      case 'pulls':
        throw notFound();
      default:
    }
    if (/\bsha\b/.test(String(request.headers.accept))) {
      response
        .type('application/vnd.github.sha')
        .send(await getCommitSha(context, repository, ref));
      return;
    }
    response.json(await describeFullCommit(context, repository, ref));
  });
}

/** Serves the history: commits and what checkers say about them. */
export const commitRoutes: RouteGroup = (router, context) => {
  statusRoutes(router, context);
  listRoute(router, context);
  commitRoute(router, context);
};
