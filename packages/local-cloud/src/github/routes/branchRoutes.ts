import { Request, Response } from 'express';
import { z } from 'zod';
import { ApiError, getCaller } from '../../http';
import { nodeId } from '../shapes';
import { OpenBody, Repository, repositoryScope } from '../store';
import { describeCommit } from './commitRoutes';
import {
  pageOf,
  parseBody,
  repositoryOf,
  RouteContext,
  RouteGroup,
} from './RouteContext';

const protectionSchema = z.looseObject({
  required_status_checks: z
    .looseObject({
      strict: z.boolean().default(false),
      contexts: z.array(z.string()).default([]),
    })
    .nullable(),
  enforce_admins: z.boolean().nullable(),
  required_pull_request_reviews: z.record(z.string(), z.unknown()).nullable(),
  restrictions: z.record(z.string(), z.unknown()).nullable(),
});

async function getBranchSha(
  context: RouteContext,
  repository: Repository,
  branch: string,
): Promise<string> {
  const { objects } = context.repositories.git(repository);
  const ref = await objects.findRef(`refs/heads/${branch}`);
  if (!ref) {
    throw new ApiError(404, 'Branch not found');
  }
  return ref.sha;
}

/** Turns the protection that was put into the form in which it is read. */
function describeProtection(url: string, body: OpenBody) {
  const wrap = (key: string) => ({ enabled: body[key] === true });
  const checks = body.required_status_checks;
  const reviews = body.required_pull_request_reviews;
  return {
    url,
    ...(checks && typeof checks === 'object'
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: [],
            ...checks,
          },
        }
      : {}),
    ...(reviews && typeof reviews === 'object'
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: false,
            require_code_owner_reviews: false,
            ...reviews,
          },
        }
      : {}),
    enforce_admins: {
      url: `${url}/enforce_admins`,
      enabled: body.enforce_admins === true,
    },
    required_signatures: {
      url: `${url}/required_signatures`,
      enabled: body.required_signatures === true,
    },
    required_linear_history: wrap('required_linear_history'),
    allow_force_pushes: wrap('allow_force_pushes'),
    allow_deletions: wrap('allow_deletions'),
    block_creations: wrap('block_creations'),
    required_conversation_resolution: wrap('required_conversation_resolution'),
    lock_branch: wrap('lock_branch'),
    allow_fork_syncing: wrap('allow_fork_syncing'),
  };
}

function protectionHandlers(context: RouteContext) {
  const { protections } = context.store;
  const locate = async (request: Request, response: Response) => {
    const { login } = getCaller(response);
    const repository = repositoryOf(context, request, response);
    const branch = request.params.branch;
    await getBranchSha(context, repository, branch);
    const scope = repositoryScope(repository);
    const url = `${context.baseUrl()}/repos/${repository.owner.login}/${
      repository.name
    }/branches/${encodeURIComponent(branch)}/protection`;
    return {
      login,
      scope,
      branch,
      url,
      found: protections.find(scope, branch),
    };
  };
  const required = async (request: Request, response: Response) => {
    const place = await locate(request, response);
    if (!place.found) {
      throw new ApiError(404, 'Branch not protected');
    }
    return { ...place, found: place.found };
  };
  return { locate, required };
}

const protectionRoutes: RouteGroup = (router, context) => {
  const { protections } = context.store;
  const { locate, required } = protectionHandlers(context);
  const path = '/repos/:owner/:repo/branches/:branch/protection';
  router.get(path, async (request, response) => {
    const { url, found } = await required(request, response);
    response.json(describeProtection(url, found.body));
  });
  router.put(path, async (request, response) => {
    const { url, scope, branch } = await locate(request, response);
    const body = parseBody(protectionSchema, request.body, 'Protection');
    const saved = protections.put(scope, branch, body);
    response.json(describeProtection(url, saved.body));
  });
  router.delete(path, async (request, response) => {
    const { scope, branch } = await required(request, response);
    protections.delete(scope, branch);
    response.status(204).end();
  });
  router.post(`${path}/required_signatures`, async (request, response) => {
    const { url, found } = await required(request, response);
    protections.update(found.id, { ...found.body, required_signatures: true });
    response.json({ url: `${url}/required_signatures`, enabled: true });
  });
};

/** Serves branches with their protection, and tags. */
export const branchRoutes: RouteGroup = (router, context) => {
  const { store, baseUrl } = context;
  const isProtected = (repository: Repository, branch: string) =>
    store.protections.find(repositoryScope(repository), branch) !== undefined;
  router.get('/repos/:owner/:repo/branches', async (request, response) => {
    const repository = repositoryOf(context, request, response);
    const { objects } = context.repositories.git(repository);
    const refs = await objects.listRefs('refs/heads/');
    const url = `${baseUrl()}/repos/${repository.owner.login}/${
      repository.name
    }`;
    response.json(
      pageOf(context, request, response, refs).map(({ ref, sha }) => {
        const name = ref.slice('refs/heads/'.length);
        return {
          name,
          commit: { sha, url: `${url}/commits/${sha}` },
          protected: isProtected(repository, name),
        };
      }),
    );
  });
  router.get(
    '/repos/:owner/:repo/branches/:branch',
    async (request, response) => {
      const repository = repositoryOf(context, request, response);
      const name = request.params.branch;
      const sha = await getBranchSha(context, repository, name);
      const { objects } = context.repositories.git(repository);
      const [commit] = await objects.readCommits([sha]);
      const slug = `${repository.owner.login}/${repository.name}`;
      const self = `${baseUrl()}/repos/${slug}/branches/${encodeURIComponent(
        name,
      )}`;
      const enabled = isProtected(repository, name);
      response.json({
        name,
        commit: describeCommit(context, repository, commit),
        _links: { self, html: `${baseUrl()}/${slug}/tree/${name}` },
        protected: enabled,
        protection: {
          enabled,
          required_status_checks: {
            enforcement_level: 'off',
            contexts: [],
            checks: [],
          },
        },
        protection_url: `${self}/protection`,
      });
    },
  );
  router.get('/repos/:owner/:repo/tags', async (request, response) => {
    const repository = repositoryOf(context, request, response);
    const { objects } = context.repositories.git(repository);
    const refs = await objects.listRefs('refs/tags/');
    const url = `${baseUrl()}/repos/${repository.owner.login}/${
      repository.name
    }`;
    const page = pageOf(context, request, response, refs);
    response.json(
      await Promise.all(
        page.map(async ({ ref }) => {
          const name = ref.slice('refs/tags/'.length);
          const sha = (await objects.findCommitSha(ref)) ?? '';
          return {
            name,
            commit: { sha, url: `${url}/commits/${sha}` },
            zipball_url: `${url}/zipball/${ref}`,
            tarball_url: `${url}/tarball/${ref}`,
            node_id: nodeId('Ref', ref),
          };
        }),
      ),
    );
  });
  protectionRoutes(router, context);
};
