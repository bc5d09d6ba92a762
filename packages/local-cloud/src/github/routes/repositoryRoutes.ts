import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { ApiError, findCaller, getCaller } from '../../http';
import { notFound, validationFailed } from '../services';
import { Account, defaultSettings, Repository } from '../store';
import { applySettings, settingsSchema } from './repositorySettings';
import { accountOf, listRepositories } from './listRepositories';
import {
  describeRepository,
  organizationOf,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
} from './RouteContext';
import { writeInitialCommit } from './writeInitialCommit';

const createSchema = settingsSchema.extend({
  name: z.string(),
  auto_init: z.boolean().nullish(),
  private: z.boolean().nullish(),
  visibility: z.enum(['public', 'private', 'internal']).nullish(),
});

async function createRepository(
  context: RouteContext,
  owner: Account,
  request: Request,
  response: Response,
): Promise<void> {
  const { login } = getCaller(response);
  const body = parseBody(createSchema, request.body, 'Repository');
  const hidden =
    body.visibility === undefined || body.visibility === null
      ? (body.private ?? false)
      : body.visibility !== 'public';
  const repository = await context.repositories.create({
    login,
    owner,
    name: body.name,
    defaultBranch: 'main',
    private: hidden,
    isTemplate: body.is_template ?? false,
    settings: applySettings(defaultSettings, body),
  });
  if (body.auto_init) {
    await writeInitialCommit(context, { repository, login });
  }
  response
    .status(201)
    .location(`${context.baseUrl()}/repos/${owner.login}/${repository.name}`)
    .json(
      describeRepository(
        context,
        context.store.repositories.findById(repository.id)!,
      ),
    );
}

function changeRoutes(router: Router, context: RouteContext): void {
  router.patch('/repos/:owner/:repo', async (request, response) => {
    const { login } = getCaller(response);
    const before = repositoryOf(context, request, response);
    const schema = createSchema.partial().extend({
      archived: z.boolean().optional(),
      default_branch: z.string().optional(),
    });
    const body = parseBody(schema, request.body, 'Repository');
    if (before.archived && body.archived !== false) {
      throw new ApiError(403, 'Repository was archived so is read-only.');
    }
    const hidden = body.visibility && body.visibility !== 'public';
    const after: Repository = {
      ...before,
      name: body.name ?? before.name,
      defaultBranch: body.default_branch ?? before.defaultBranch,
      private: hidden ?? body.private ?? before.private,
      archived: body.archived ?? before.archived,
      isTemplate: body.is_template ?? before.isTemplate,
      settings: applySettings(before.settings, body),
    };
    const repository = await context.repositories.update(before, after, login);
    response.json(describeRepository(context, repository));
  });
  router.delete('/repos/:owner/:repo', async (request, response) => {
    const { login } = getCaller(response);
    const repository = repositoryOf(context, request, response);
    await context.repositories.delete(repository, login);
    response.status(204).end();
  });
  router.get('/repos/:owner/:repo/topics', (request, response) => {
    const repository = repositoryOf(context, request, response);
    response.json({ names: repository.settings.topics });
  });
  router.put('/repos/:owner/:repo/topics', async (request, response) => {
    const { login } = getCaller(response);
    const before = repositoryOf(context, request, response);
    const schema = z.object({ names: z.array(z.string()) });
    const { names } = parseBody(schema, request.body, 'Repository');
    const wrong = names.find(name => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name));
    if (wrong !== undefined || names.length > 20) {
      throw validationFailed(
        [],
        'Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens; a repository has at most 20.',
      );
    }
    const topics = [...new Set(names)];
    const after = { ...before, settings: { ...before.settings, topics } };
    await context.repositories.update(before, after, login);
    response.json({ names: topics });
  });
}

/** Serves repositories themselves: lists, creation, settings, topics, copies. */
export const repositoryRoutes: RouteGroup = (router, context) => {
  const { store } = context;
  router.get('/user/repos', (request, response) => {
    getCaller(response);
    listRepositories(context, request, response, {});
  });
  router.post('/user/repos', async (request, response) => {
    const { login } = getCaller(response);
    const owner = accountOf(context, login);
    await createRepository(context, owner, request, response);
  });
  router.get('/users/:username/repos', (request, response) => {
    const { id } = accountOf(context, request.params.username);
    listRepositories(context, request, response, { ownerId: id });
  });
  router.get('/orgs/:org/repos', (request, response) => {
    const { id } = organizationOf(context, request);
    listRepositories(context, request, response, { ownerId: id });
  });
  router.post('/orgs/:org/repos', async (request, response) => {
    getCaller(response);
    const owner = organizationOf(context, request);
    await createRepository(context, owner, request, response);
  });
  router.get('/repos/:owner/:repo', (request, response) => {
    const repository = repositoryOf(context, request, response);
    response.json(describeRepository(context, repository));
  });
  router.get('/repositories/:id', (request, response) => {
    const repository = store.repositories.findById(Number(request.params.id));
    if (!repository || (repository.private && !findCaller(response))) {
      throw notFound();
    }
    response.json(describeRepository(context, repository));
  });
  changeRoutes(router, context);
};
