import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../../http';
import { GitRef, isRefName, zeroSha } from '../git';
import { notFound, validationFailed } from '../services';
import { nodeId } from '../shapes';
import { Repository } from '../store';
import {
  pageOf,
  parseBody,
  repositoryOf,
  restOfPath,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';
import { requireContent } from './requireContent';

const createRefSchema = z.object({ ref: z.string(), sha: z.string() });

const updateRefSchema = z.object({
  sha: z.string(),
  force: z.boolean().default(false),
});

function describeRef(
  context: RouteContext,
  { owner, name }: Repository,
  { ref, type, sha }: GitRef,
) {
  const url = `${context.baseUrl()}/repos/${owner.login}/${name}/git`;
  return {
    ref,
    node_id: nodeId('Ref', `${owner.login}/${name}:${ref}`),
    url: `${url}/${ref}`,
    object: { type, sha, url: `${url}/${type}s/${sha}` },
  };
}

function refReadRoutes(router: Router, context: RouteContext): void {
  const read = async (request: Request, response: Response) => {
    const repository = repositoryOf(context, request, response);
    await requireContent(context, repository);
    return { repository, ...context.repositories.git(repository) };
  };
  router.get('/repos/:owner/:repo/git/ref/*', async (request, response) => {
    const { repository, objects } = await read(request, response);
    const ref = await objects.findRef(`refs/${restOfPath(request)}`);
    if (!ref) {
      throw notFound();
    }
    response.json(describeRef(context, repository, ref));
  });
  router.get(
    [
      '/repos/:owner/:repo/git/refs',
      '/repos/:owner/:repo/git/matching-refs/*',
      '/repos/:owner/:repo/git/refs/*',
    ],
    async (request, response) => {
      const { repository, objects } = await read(request, response);
      const prefix = `refs/${restOfPath(request)}`;
      const refs = (await objects.listRefs()).filter(({ ref }) =>
        ref.startsWith(prefix),
      );
      const exact = refs.find(({ ref }) => ref === prefix);
      if (request.path.includes('/git/refs/') && exact) {
        response.json(describeRef(context, repository, exact));
        return;
      }
      response.json(
        pageOf(context, request, response, refs).map(ref =>
          describeRef(context, repository, ref),
        ),
      );
    },
  );
}

function refWriteRoutes(router: Router, context: RouteContext): void {
  const { repositories } = context;
  router.post('/repos/:owner/:repo/git/refs', async (request, response) => {
    const { repository, login } = writableRepositoryOf(
      context,
      request,
      response,
    );
    const { ref, sha } = parseBody(createRefSchema, request.body, 'Reference');
    await requireContent(context, repository);
    if (!/^refs\/[^/]+\/./.test(ref) || !isRefName(ref)) {
      throw validationFailed(
        [],
        'Reference name must start with "refs/" and be a valid ref name',
      );
    }
    const { objects } = repositories.git(repository);
    if (await objects.findRef(ref)) {
      throw validationFailed([], 'Reference already exists');
    }
    await repositories.moveRef({
      repository,
      login,
      ref,
      before: zeroSha,
      after: sha,
    });
    response
      .status(201)
      .json(describeRef(context, repository, (await objects.findRef(ref))!));
  });
  const existing = async (request: Request, response: Response) => {
    const target = writableRepositoryOf(context, request, response);
    await requireContent(context, target.repository);
    const { objects } = repositories.git(target.repository);
    const found = await objects.findRef(`refs/${restOfPath(request)}`);
    if (!found) {
      throw validationFailed([], 'Reference does not exist');
    }
    return { ...target, found };
  };
  router.patch('/repos/:owner/:repo/git/refs/*', async (request, response) => {
    const { repository, login, found } = await existing(request, response);
    const body = parseBody(updateRefSchema, request.body, 'Reference');
    await repositories.moveRef({
      repository,
      login,
      ref: found.ref,
      before: found.sha,
      after: body.sha,
      force: body.force,
    });
    response.json(
      describeRef(context, repository, { ...found, sha: body.sha }),
    );
  });
  router.delete('/repos/:owner/:repo/git/refs/*', async (request, response) => {
    const { repository, login, found } = await existing(request, response);
    if (found.ref === `refs/heads/${repository.defaultBranch}`) {
      throw new ApiError(422, 'Cannot delete the default branch');
    }
    await repositories.moveRef({
      repository,
      login,
      ref: found.ref,
      before: found.sha,
      after: zeroSha,
    });
    response.status(204).end();
  });
}

/** Serves refs as git has them. */
export const refRoutes: RouteGroup = (router, context) => {
  refReadRoutes(router, context);
  refWriteRoutes(router, context);
};
