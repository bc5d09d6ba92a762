import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { ApiError } from '../../http';
import {
  GitRef,
  isRefName,
  isSha,
  isTreePath,
  toIsoSeconds,
  TreeChange,
  zeroSha,
} from '../git';
import { emptyRepository, notFound, validationFailed } from '../services';
import { nodeId, placeOf, toRestGitCommit } from '../shapes';
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
import { personOf } from './writeInitialCommit';

const blobSchema = z.object({
  content: z.string(),
  encoding: z.enum(['utf-8', 'base64']).default('utf-8'),
});

const treeSchema = z.object({
  base_tree: z.string().nullish(),
  tree: z
    .array(
      z.object({
        path: z.string(),
        mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
        type: z.enum(['blob', 'tree', 'commit']).optional(),
        sha: z.string().nullish(),
        content: z.string().optional(),
      }),
    )
    .min(1)
    .max(100_000),
});

const personSchema = z.object({
  name: z.string(),
  email: z.string(),
  date: z.iso.datetime({ offset: true }).optional(),
});

const commitSchema = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: personSchema.optional(),
  committer: personSchema.optional(),
  signature: z.string().optional(),
});

const createRefSchema = z.object({ ref: z.string(), sha: z.string() });

const updateRefSchema = z.object({
  sha: z.string(),
  force: z.boolean().default(false),
});

async function hasBranches(
  context: RouteContext,
  repository: Repository,
): Promise<boolean> {
  const { objects } = context.repositories.git(repository);
  return (await objects.listRefs('refs/heads/')).length > 0;
}

/** Refuses with GitHub's 409 while a repository has no branch. */
async function requireContent(
  context: RouteContext,
  repository: Repository,
): Promise<void> {
  if (!(await hasBranches(context, repository))) {
    throw emptyRepository();
  }
}

function blobRoutes(router: Router, context: RouteContext): void {
  const blobUrl = (repository: Repository, sha: string) =>
    `${context.baseUrl()}/repos/${repository.owner.login}/${
      repository.name
    }/git/blobs/${sha}`;
  router.post('/repos/:owner/:repo/git/blobs', async (request, response) => {
    const { repository } = writableRepositoryOf(context, request, response);
    const body = parseBody(blobSchema, request.body, 'Blob');
    await requireContent(context, repository);
    const { writer } = context.repositories.git(repository);
    const sha = await writer.writeBlob(
      Buffer.from(body.content, body.encoding === 'base64' ? 'base64' : 'utf8'),
    );
    response.status(201).json({ sha, url: blobUrl(repository, sha) });
  });
  router.get(
    '/repos/:owner/:repo/git/blobs/:sha',
    async (request, response) => {
      const repository = repositoryOf(context, request, response);
      const { objects } = context.repositories.git(repository);
      const blob = await objects.find(request.params.sha, 'blob');
      if (!blob) {
        throw notFound();
      }
      if (/\braw\b/.test(String(request.headers.accept))) {
        response.setHeader('content-type', 'application/octet-stream');
        response.send(blob.content);
        return;
      }
      response.json({
        sha: blob.sha,
        node_id: nodeId('Blob', blob.sha),
        size: blob.content.length,
        url: blobUrl(repository, blob.sha),
        content: blob.content.toString('base64'),
        encoding: 'base64',
      });
    },
  );
}

async function describeTree(
  context: RouteContext,
  repository: Repository,
  options: { sha: string; recursive: boolean },
) {
  const { objects } = context.repositories.git(repository);
  const entries = await objects.listTree(options);
  const { owner, name } = repository;
  const url = `${context.baseUrl()}/repos/${owner.login}/${name}/git`;
  const limit = 100_000;
  return {
    sha: options.sha,
    url: `${url}/trees/${options.sha}`,
    tree: entries.slice(0, limit).map(entry => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      ...(entry.type === 'commit'
        ? {}
        : { url: `${url}/${entry.type}s/${entry.sha}` }),
    })),
    truncated: entries.length > limit,
  };
}

async function toTreeChanges(
  context: RouteContext,
  repository: Repository,
  entries: z.output<typeof treeSchema>['tree'],
): Promise<TreeChange[]> {
  const { objects, writer } = context.repositories.git(repository);
  const changes: TreeChange[] = [];
  for (const entry of entries) {
    if (!isTreePath(entry.path)) {
      throw validationFailed(
        [],
        'tree.path contains a malformed path component',
      );
    }
    let sha = entry.sha ?? undefined;
    if (entry.content !== undefined) {
      sha = await writer.writeBlob(Buffer.from(entry.content, 'utf8'));
    } else if (entry.sha === undefined) {
      throw validationFailed([], 'Must supply either tree.sha or tree.content');
    }
    changes.push({ path: entry.path, mode: entry.mode, sha });
  }
  const named = changes.filter(({ sha, mode }) => sha && mode !== '160000');
  const found = await objects.readMany(named.map(({ sha }) => sha ?? ''));
  const wrong = named.find(
    ({ mode }, index) =>
      found[index]?.type !== (mode === '040000' ? 'tree' : 'blob'),
  );
  if (wrong) {
    throw validationFailed([], `tree.sha ${wrong.sha} is not a valid object`);
  }
  return changes;
}

function treeRoutes(router: Router, context: RouteContext): void {
  router.post('/repos/:owner/:repo/git/trees', async (request, response) => {
    const { repository } = writableRepositoryOf(context, request, response);
    const body = parseBody(treeSchema, request.body, 'Tree');
    await requireContent(context, repository);
    const { objects, writer } = context.repositories.git(repository);
    const base = body.base_tree ?? undefined;
    const [object] = base ? await objects.readMany([base]) : [];
    if (base && object?.type !== 'tree' && object?.type !== 'commit') {
      throw validationFailed([], 'base_tree is not a valid tree oid');
    }
    const sha = await writer.writeTree({
      base,
      changes: await toTreeChanges(context, repository, body.tree),
    });
    const tree = await describeTree(context, repository, {
      sha,
      recursive: false,
    });
    response.status(201).json(tree);
  });
  router.get('/repos/:owner/:repo/git/trees/*', async (request, response) => {
    const repository = repositoryOf(context, request, response);
    await requireContent(context, repository);
    const { objects } = context.repositories.git(repository);
    const name = restOfPath(request);
    const [object] = isSha(name) ? await objects.readMany([name]) : [];
    const sha =
      object?.type === 'tree' ? name : await objects.findCommitSha(name);
    if (!sha) {
      throw notFound();
    }
    const root = await objects.findEntry({ commit: sha, path: '' });
    const tree = await describeTree(context, repository, {
      sha: object?.type === 'tree' ? sha : (root?.sha ?? sha),
      recursive: request.query.recursive !== undefined,
    });
    response.json(tree);
  });
}

function commitRoutes(router: Router, context: RouteContext): void {
  router.post('/repos/:owner/:repo/git/commits', async (request, response) => {
    const { repository, login } = writableRepositoryOf(
      context,
      request,
      response,
    );
    const body = parseBody(commitSchema, request.body, 'Commit');
    await requireContent(context, repository);
    const { objects, writer } = context.repositories.git(repository);
    if (!(await objects.find(body.tree, 'tree'))) {
      throw validationFailed([], 'Tree SHA does not exist');
    }
    const parents = await objects.readCommits(body.parents);
    if (parents.length !== body.parents.length) {
      throw validationFailed(
        [],
        'Parent SHA does not exist or is not a commit',
      );
    }
    const fallback = personOf(context, login);
    const complete = (person: z.output<typeof personSchema> | undefined) =>
      person && {
        ...person,
        date: person.date ? toIsoSeconds(new Date(person.date)) : fallback.date,
      };
    const author = complete(body.author) ?? fallback;
    const sha = await writer.writeCommit({
      tree: body.tree,
      parents: body.parents,
      author,
      committer: complete(body.committer) ?? author,
      message: body.message,
      signature: body.signature,
    });
    const [commit] = await objects.readCommits([sha]);
    response
      .status(201)
      .json(toRestGitCommit(placeOf(context.baseUrl(), repository), commit));
  });
  router.get(
    '/repos/:owner/:repo/git/commits/:sha',
    async (request, response) => {
      const repository = repositoryOf(context, request, response);
      await requireContent(context, repository);
      const { objects } = context.repositories.git(repository);
      const [commit] = await objects.readCommits([request.params.sha]);
      if (!commit) {
        throw notFound();
      }
      response.json(
        toRestGitCommit(placeOf(context.baseUrl(), repository), commit),
      );
    },
  );
}

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

/** Serves blobs, trees, commits and refs as git has them. */
export const gitDataRoutes: RouteGroup = (router, context) => {
  blobRoutes(router, context);
  treeRoutes(router, context);
  commitRoutes(router, context);
  refReadRoutes(router, context);
  refWriteRoutes(router, context);
};
