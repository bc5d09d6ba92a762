import { Router } from 'express';
import { z } from 'zod';
import { getCaller } from '../../http';
import { validationFailed } from '../services';
import { defaultSettings } from '../store';
import { accountOf, listRepositories } from './listRepositories';
import {
  describeRepository,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
} from './RouteContext';
import { writeInitialCommit } from './writeInitialCommit';

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

function generateRoute(router: Router, context: RouteContext): void {
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
}

function forkRoutes(router: Router, context: RouteContext): void {
  const { store, repositories } = context;
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

/** Serves copies of repositories: forks, and new ones from a template. */
export const repositoryCopyRoutes: RouteGroup = (router, context) => {
  generateRoute(router, context);
  forkRoutes(router, context);
};
