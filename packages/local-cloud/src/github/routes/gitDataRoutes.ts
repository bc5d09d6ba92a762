import { Router } from 'express';
import { z } from 'zod';
import { isSha, isTreePath, toIsoSeconds, TreeChange } from '../git';
import { notFound, validationFailed } from '../services';
import { nodeId, placeOf, toRestGitCommit } from '../shapes';
import { Repository } from '../store';
import {
  parseBody,
  repositoryOf,
  restOfPath,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';
import { requireContent } from './requireContent';
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

/** Serves blobs, trees and commits as git has them. */
export const gitDataRoutes: RouteGroup = (router, context) => {
  blobRoutes(router, context);
  treeRoutes(router, context);
  commitRoutes(router, context);
};
