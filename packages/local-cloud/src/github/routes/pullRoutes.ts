import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { GitCommit, zeroSha } from '../git';
import { Pull, PullPosition, PullService } from '../services';
import { placeOf, toRestFileChange, toRestPull } from '../shapes';
import { Repository, repositoryScope } from '../store';
import { describeLabel } from './adminRoutes';
import { describeCommit } from './commitRoutes';
import {
  pageOf,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';
import { personOf } from './writeInitialCommit';

const openSchema = z.object({
  title: z.string().min(1).max(256),
  head: z.string().min(1),
  base: z.string().min(1),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
});

const changeSchema = z.object({
  title: z.string().min(1).max(256).optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
});

const mergeSchema = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
});

async function measure(
  context: RouteContext,
  repository: Repository,
  { headSha, baseSha }: PullPosition,
) {
  const { objects, history } = context.repositories.git(repository);
  if (headSha === zeroSha || baseSha === zeroSha) {
    return { commits: [], changes: [] };
  }
  const shas = await history.listShas({
    from: [headSha],
    without: [baseSha],
    limit: 250,
  });
  const base = await history.findMergeBase(baseSha, headSha);
  return {
    commits: await objects.readCommits(shas.reverse()),
    changes: await history.listChanges({
      before: base,
      after: headSha,
      patches: true,
    }),
  };
}

/** Describes pull requests, and finds the one that a path names. */
class PullHandlers {
  readonly service: PullService;
  readonly #context: RouteContext;

  constructor(context: RouteContext) {
    this.#context = context;
    this.service = new PullService(context);
  }

  locate(request: Request, response: Response) {
    const repository = repositoryOf(this.#context, request, response);
    const pull = this.service.get(repository, request.params.number);
    return { repository, pull };
  }

  locateWritable(request: Request, response: Response) {
    const { repository, login } = writableRepositoryOf(
      this.#context,
      request,
      response,
    );
    const pull = this.service.get(repository, request.params.number);
    return { repository, login, pull };
  }

  async read(repository: Repository, pull: Pull) {
    const position = await this.service.locate(repository, pull);
    const facts = await measure(this.#context, repository, position);
    return { position, ...facts };
  }

  async describe(repository: Repository, pull: Pull) {
    const { store, baseUrl, repositories } = this.#context;
    const { position, commits, changes } = await this.read(repository, pull);
    const { headSha, baseSha } = position;
    const open =
      pull.body.state === 'open' && headSha !== zeroSha && baseSha !== zeroSha;
    const tree = open
      ? await repositories.git(repository).history.mergeTrees(baseSha, headSha)
      : undefined;
    const sum = (key: 'additions' | 'deletions') =>
      changes.reduce((total, change) => total + change[key], 0);
    return toRestPull({
      baseUrl: baseUrl(),
      repository,
      pull,
      ...position,
      mergeable: open ? tree !== undefined : null,
      commits,
      additions: sum('additions'),
      deletions: sum('deletions'),
      changedFiles: changes.length,
      labels: this.labels(repository, pull),
      findAccount: login => store.accounts.find(login),
    });
  }

  labels(repository: Repository, pull: Pull) {
    const { labels } = this.#context.store;
    return pull.body.labels.flatMap(
      name => labels.find(repositoryScope(repository), name) ?? [],
    );
  }

  async emit(
    repository: Repository,
    pull: Pull,
    options: { action: string; login: string },
  ): Promise<void> {
    this.#context.events.emit({
      event: 'pull_request',
      repository,
      login: options.login,
      body: {
        action: options.action,
        number: pull.body.number,
        pull_request: await this.describe(repository, pull),
      },
    });
  }
}

function listRoutes(
  router: Router,
  context: RouteContext,
  handlers: PullHandlers,
): void {
  const path = '/repos/:owner/:repo/pulls';
  router.get(path, async (request, response) => {
    const repository = repositoryOf(context, request, response);
    const state = String(request.query.state ?? 'open');
    const head = request.query.head;
    const base = request.query.base;
    const found = handlers.service.list(repository).filter(({ body }) => {
      const headOwner = context.store.repositories.findById(
        body.headRepositoryId,
      )?.owner.login;
      return (
        (state === 'all' || body.state === state) &&
        (!head || head === `${headOwner}:${body.headRef}`) &&
        (!base || base === body.baseRef)
      );
    });
    const page = pageOf(context, request, response, found);
    response.json(
      await Promise.all(page.map(pull => handlers.describe(repository, pull))),
    );
  });
  router.post(path, async (request, response) => {
    const { repository, login } = writableRepositoryOf(
      context,
      request,
      response,
    );
    const body = parseBody(openSchema, request.body, 'PullRequest');
    const pull = await handlers.service.open(repository, {
      ...body,
      body: body.body ?? undefined,
      login,
    });
    await handlers.emit(repository, pull, { action: 'opened', login });
    response.status(201).json(await handlers.describe(repository, pull));
  });
}

function readRoutes(
  router: Router,
  context: RouteContext,
  handlers: PullHandlers,
): void {
  const path = '/repos/:owner/:repo/pulls/:number';
  router.get(path, async (request, response) => {
    const { repository, pull } = handlers.locate(request, response);
    response.json(await handlers.describe(repository, pull));
  });
  router.get(`${path}/commits`, async (request, response) => {
    const { repository, pull } = handlers.locate(request, response);
    const { commits } = await handlers.read(repository, pull);
    const page: GitCommit[] = pageOf(context, request, response, commits);
    response.json(
      page.map(commit => describeCommit(context, repository, commit)),
    );
  });
  router.get(`${path}/files`, async (request, response) => {
    const { repository, pull } = handlers.locate(request, response);
    const { changes, position } = await handlers.read(repository, pull);
    const place = placeOf(context.baseUrl(), repository);
    response.json(
      pageOf(context, request, response, changes).map(change =>
        toRestFileChange(place, position.headSha, change),
      ),
    );
  });
  router.get(`${path}/merge`, (request, response) => {
    const { pull } = handlers.locate(request, response);
    response.status(pull.body.mergedAt ? 204 : 404).end();
  });
}

function changeRoutes(
  router: Router,
  context: RouteContext,
  handlers: PullHandlers,
): void {
  const path = '/repos/:owner/:repo/pulls/:number';
  router.patch(path, async (request, response) => {
    const { repository, login, pull } = handlers.locateWritable(
      request,
      response,
    );
    const body = parseBody(changeSchema, request.body, 'PullRequest');
    let changed = handlers.service.update(repository, pull, {
      title: body.title ?? pull.body.title,
      body: body.body ?? pull.body.body,
      baseRef: body.base ?? pull.body.baseRef,
    });
    if (body.state && body.state !== pull.body.state) {
      changed =
        body.state === 'closed'
          ? await handlers.service.close(repository, changed)
          : handlers.service.reopen(repository, changed);
    }
    const states = { open: 'reopened', closed: 'closed' };
    const action =
      changed.body.state === pull.body.state
        ? 'edited'
        : states[changed.body.state];
    await handlers.emit(repository, changed, { action, login });
    response.json(await handlers.describe(repository, changed));
  });
  router.put(`${path}/merge`, async (request, response) => {
    const { repository, login, pull } = handlers.locateWritable(
      request,
      response,
    );
    const body = parseBody(mergeSchema, request.body, 'PullRequest');
    const merged = await handlers.service.merge(repository, pull, {
      login,
      person: personOf(context, login),
      method: body.merge_method,
      sha: body.sha,
      title: body.commit_title,
      message: body.commit_message,
    });
    await handlers.emit(repository, merged, { action: 'closed', login });
    response.json({
      sha: merged.body.mergeCommitSha,
      merged: true,
      message: 'Pull Request successfully merged',
    });
  });
}

function peopleRoutes(
  router: Router,
  context: RouteContext,
  handlers: PullHandlers,
): void {
  const { labels } = context.store;
  const names = z.array(z.string()).default([]);
  const union = (left: string[], right: string[]) => [
    ...new Set([...left, ...right]),
  ];
  router.post(
    '/repos/:owner/:repo/pulls/:number/requested_reviewers',
    async (request, response) => {
      const { repository, pull } = handlers.locateWritable(request, response);
      const schema = z.object({ reviewers: names, team_reviewers: names });
      const body = parseBody(schema, request.body);
      const changed = handlers.service.update(repository, pull, {
        reviewers: union(pull.body.reviewers, body.reviewers),
        teamReviewers: union(pull.body.teamReviewers, body.team_reviewers),
      });
      response.status(201).json(await handlers.describe(repository, changed));
    },
  );
  router.post(
    '/repos/:owner/:repo/issues/:number/assignees',
    async (request, response) => {
      const { repository, pull } = handlers.locateWritable(request, response);
      const body = parseBody(z.object({ assignees: names }), request.body);
      const changed = handlers.service.update(repository, pull, {
        assignees: union(pull.body.assignees, body.assignees),
      });
      response.status(201).json(await handlers.describe(repository, changed));
    },
  );
  router.post(
    '/repos/:owner/:repo/issues/:number/labels',
    (request, response) => {
      const { repository, pull } = handlers.locateWritable(request, response);
      const body = parseBody(z.object({ labels: names }), request.body);
      const scope = repositoryScope(repository);
      for (const name of body.labels) {
        if (!labels.find(scope, name)) {
          labels.put(scope, name, { color: 'ededed' });
        }
      }
      const changed = handlers.service.update(repository, pull, {
        labels: union(pull.body.labels, body.labels),
      });
      response.json(
        handlers
          .labels(repository, changed)
          .map(label => describeLabel(context.baseUrl(), repository, label)),
      );
    },
  );
}

/** Serves pull requests; issues exist only as far as pull requests need them. */
export const pullRoutes: RouteGroup = (router, context) => {
  const handlers = new PullHandlers(context);
  listRoutes(router, context, handlers);
  readRoutes(router, context, handlers);
  changeRoutes(router, context, handlers);
  peopleRoutes(router, context, handlers);
};
