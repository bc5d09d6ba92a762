import { z } from 'zod';
import { ApiError, getCaller } from '../../http';
import { notFound } from '../services';
import { placeOf, toRestCheckRun } from '../shapes';
import {
  Document,
  repositoryScope,
  type CheckRunBody,
  type Repository,
} from '../store';
import {
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';

const STATUSES = ['queued', 'in_progress', 'completed'] as const;
const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'timed_out',
] as const;

const changeSchema = z.object({
  name: z.string().min(1).max(255).optional(),
  details_url: z.string().max(2_000).optional(),
  external_id: z.string().max(255).optional(),
  status: z.enum(STATUSES).optional(),
  conclusion: z.enum(CONCLUSIONS).optional(),
  started_at: z.iso.datetime({ offset: true }).optional(),
  completed_at: z.iso.datetime({ offset: true }).optional(),
  output: z
    .object({
      title: z.string().optional(),
      summary: z.string().max(65_535),
      text: z.string().max(65_535).optional(),
    })
    .optional(),
});

const createSchema = changeSchema.extend({
  name: z.string().min(1).max(255),
  head_sha: z.string(),
});

type Change = z.infer<typeof changeSchema>;

/** Lists the check runs of a commit, the newest first, as a query filters them. */
export function listCheckRuns(
  context: RouteContext,
  options: {
    repository: Repository;
    sha: string;
    query: Record<string, unknown>;
  },
): Document<CheckRunBody>[] {
  const { repository, sha, query } = options;
  const all = context.store.checkRuns
    .list(repositoryScope(repository))
    .filter(({ body }) => body.sha === sha)
    .reverse();
  // `latest` is GitHub's default: one run for each name.
  const runs =
    query.filter === 'all'
      ? all
      : all.filter(
          (run, index) =>
            all.findIndex(({ body }) => body.name === run.body.name) === index,
        );
  return runs.filter(
    ({ body }) =>
      (query.check_name === undefined || body.name === query.check_name) &&
      (query.status === undefined || body.status === query.status),
  );
}

export function describeCheckRun(
  context: RouteContext,
  repository: Repository,
  run: Document<CheckRunBody>,
) {
  return toRestCheckRun(placeOf(context.baseUrl(), repository), run);
}

function changed(known: CheckRunBody, change: Change): CheckRunBody {
  const status = change.conclusion ? 'completed' : change.status;
  const conclusion = change.conclusion ?? known.conclusion;
  const isCompleted = (status ?? known.status) === 'completed';
  if (isCompleted && !conclusion) {
    throw new ApiError(
      422,
      'Invalid request.\n\n"conclusion" wasn\'t supplied.',
    );
  }
  const { output } = change;
  return {
    ...known,
    name: change.name ?? known.name,
    status: status ?? known.status,
    conclusion: isCompleted ? conclusion : undefined,
    detailsUrl: change.details_url ?? known.detailsUrl,
    externalId: change.external_id ?? known.externalId,
    startedAt: change.started_at ?? known.startedAt,
    completedAt: isCompleted
      ? (change.completed_at ?? known.completedAt ?? new Date().toISOString())
      : undefined,
    output: output ? { ...known.output, ...output } : known.output,
  };
}

function emit(
  context: RouteContext,
  options: {
    repository: Repository;
    login: string;
    action: 'created' | 'completed';
    run: Document<CheckRunBody>;
  },
): void {
  const { repository, login, action, run } = options;
  context.events.emit({
    event: 'check_run',
    repository,
    login,
    body: { action, check_run: describeCheckRun(context, repository, run) },
  });
}

/**
 * Serves check runs. GitHub lets only Apps write them; there are none here, so
 * every token may.
 */
export const checkRunRoutes: RouteGroup = (router, context) => {
  const base = '/repos/:owner/:repo/check-runs';
  const { checkRuns } = context.store;

  router.post(base, async (request, response) => {
    const { repository, login } = writableRepositoryOf(
      context,
      request,
      response,
    );
    const body = parseBody(createSchema, request.body, 'CheckRun');
    const { objects } = context.repositories.git(repository);
    const [commit] = await objects.readCommits([body.head_sha]);
    if (!commit) {
      throw new ApiError(422, `No commit found for SHA: ${body.head_sha}`);
    }
    const run = checkRuns.put(
      repositoryScope(repository),
      crypto.randomUUID(),
      changed(
        {
          sha: commit.sha,
          name: body.name,
          status: 'queued',
          startedAt: new Date().toISOString(),
        },
        body,
      ),
    );
    const isCompleted = run.body.status === 'completed';
    emit(context, { repository, login, action: 'created', run });
    if (isCompleted) {
      emit(context, { repository, login, action: 'completed', run });
    }
    response.status(201).json(describeCheckRun(context, repository, run));
  });

  router.patch(`${base}/:id`, (request, response) => {
    const { login } = getCaller(response);
    const { repository } = writableRepositoryOf(context, request, response);
    const scope = repositoryScope(repository);
    const known = checkRuns.findById(scope, Number(request.params.id));
    if (!known) throw notFound();
    const change = parseBody(changeSchema, request.body, 'CheckRun');
    const run = checkRuns.put(scope, known.name, changed(known.body, change));
    if (known.body.status !== 'completed' && run.body.status === 'completed') {
      emit(context, { repository, login, action: 'completed', run });
    }
    response.json(describeCheckRun(context, repository, run));
  });

  router.get(`${base}/:id`, (request, response) => {
    const repository = repositoryOf(context, request, response);
    const run = checkRuns.findById(
      repositoryScope(repository),
      Number(request.params.id),
    );
    if (!run) throw notFound();
    response.json(describeCheckRun(context, repository, run));
  });
};
