import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { ApiError, findCaller, getCaller } from '../../http';
import { notFound, validationFailed } from '../services';
import { Account, defaultSettings, Repository } from '../store';
import { applySettings, settingsSchema } from './repositorySettings';
import {
  describeRepository,
  linkPages,
  organizationOf,
  parseBody,
  readPage,
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

const generateSchema = z.object({
  owner: z.string().nullish(),
  name: z.string(),
  description: z.string().nullish(),
  include_all_branches: z.boolean().nullish(),
  private: z.boolean().nullish(),
});

const forkSchema = z.object({
  organization: z.string().nullish(),
  name: z.string().nullish(),
  default_branch_only: z.boolean().nullish(),
});

function listRepositories(
  context: RouteContext,
  request: Request,
  response: Response,
  options: { ownerId?: number; parentId?: number },
): void {
  const page = readPage(request);
  const sort = z
    .enum(['full_name', 'created', 'updated', 'pushed'])
    .catch('full_name')
    .parse(request.query.sort);
  const descending =
    request.query.direction === undefined
      ? sort !== 'full_name'
      : request.query.direction === 'desc';
  const found = context.store.repositories.list({
    ...options,
    order: sort,
    descending,
    includePrivate: findCaller(response) !== undefined,
    offset: page.offset,
    limit: page.perPage + 1,
  });
  linkPages(context, request, response, {
    page,
    hasMore: found.length > page.perPage,
  });
  response.json(
    found
      .slice(0, page.perPage)
      .map(repository => describeRepository(context, repository)),
  );
}

function accountOf({ store }: RouteContext, login: string): Account {
  const account = store.accounts.find(login);
  if (!account) {
    throw notFound();
  }
  return account;
}

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

function copyRoutes(router: Router, context: RouteContext): void {
  const { store, repositories } = context;
  router.post('/repos/:owner/:repo/generate', async (request, response) => {
    const { login } = getCaller(response);
    const template = repositoryOf(context, request, response);
    const body = parseBody(generateSchema, request.body, 'Repository');
    if (!template.isTemplate) {
      throw validationFailed(
        [],
        `${template.owner.login}/${template.name} is not a template repository`,
      );
    }
    const repository = await repositories.create({
      login,
      owner: accountOf(context, body.owner ?? login),
      name: body.name,
      defaultBranch: template.defaultBranch,
      private: body.private ?? false,
      isTemplate: false,
      templateId: template.id,
      settings: {
        ...defaultSettings,
        description: body.description ?? undefined,
      },
    });
    await writeInitialCommit(context, {
      repository,
      login,
      template,
      allBranches: body.include_all_branches ?? false,
    });
    response
      .status(201)
      .json(
        describeRepository(
          context,
          store.repositories.findById(repository.id)!,
        ),
      );
  });
  router.get('/repos/:owner/:repo/forks', (request, response) => {
    const { id } = repositoryOf(context, request, response);
    listRepositories(context, request, response, { parentId: id });
  });
  router.post('/repos/:owner/:repo/forks', async (request, response) => {
    const { login } = getCaller(response);
    const parent = repositoryOf(context, request, response);
    const body = parseBody(forkSchema, request.body, 'Repository');
    const owner = accountOf(context, body.organization ?? login);
    const name = body.name ?? parent.name;
    const known = store.repositories.find(owner.login, name);
    if (known?.parentId === parent.id) {
      response.status(202).json(describeRepository(context, known));
      return;
    }
    const repository = await repositories.create({
      login,
      owner,
      name,
      defaultBranch: parent.defaultBranch,
      private: parent.private,
      isTemplate: false,
      parentId: parent.id,
      settings: {
        ...parent.settings,
        topics: [],
        hasIssues: false,
        customProperties: {},
      },
    });
    await repositories.copyContent({
      from: parent,
      to: repository,
      login,
      branches: body.default_branch_only ? 'default' : 'all',
    });
    context.events.emit({
      event: 'fork',
      repository: parent,
      login,
      body: { forkee: describeRepository(context, repository) },
    });
    response
      .status(202)
      .json(
        describeRepository(
          context,
          store.repositories.findById(repository.id)!,
        ),
      );
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
  copyRoutes(router, context);
};
