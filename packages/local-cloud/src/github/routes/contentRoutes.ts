import { Request, Response } from 'express';
import { z } from 'zod';
import { ApiError } from '../../http';
import { isRefName, isTreePath, TreeChange, zeroSha } from '../git';
import { notFound, validationFailed } from '../services';
import { encodePath, placeOf, toRestGitCommit } from '../shapes';
import { Repository } from '../store';
import {
  parseBody,
  repositoryOf,
  restOfPath,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';
import { personOf } from './writeInitialCommit';

const personSchema = z.object({
  name: z.string().min(1),
  email: z.string().min(1),
  date: z.iso.datetime({ offset: true }).optional(),
});

const changeSchema = z.object({
  message: z.string().min(1),
  content: z.string().optional(),
  sha: z.string().nullish(),
  branch: z.string().optional(),
  author: personSchema.optional(),
  committer: personSchema.optional(),
});

type ContentChange = z.output<typeof changeSchema>;

const inlineLimit = 1024 * 1024;

interface ContentPlace {
  baseUrl: string;
  repository: Repository;
  ref: string;
}

function describeEntry(
  place: ContentPlace,
  entry: { mode: string; type: string; sha: string; size?: number },
  path: string,
) {
  const { baseUrl, repository, ref } = place;
  const slug = `${repository.owner.login}/${repository.name}`;
  const encoded = encodePath(path);
  const isTree = entry.type === 'tree';
  const url = `${baseUrl}/repos/${slug}/contents/${encoded}?ref=${encodeURIComponent(
    ref,
  )}`;
  const gitUrl = `${baseUrl}/repos/${slug}/git/${isTree ? 'trees' : 'blobs'}/${
    entry.sha
  }`;
  const htmlUrl = `${baseUrl}/${slug}/${
    isTree ? 'tree' : 'blob'
  }/${ref}/${encoded}`;
  const types: Record<string, string> = {
    tree: 'dir',
    commit: 'submodule',
    blob: entry.mode === '120000' ? 'symlink' : 'file',
  };
  return {
    name: path.split('/').at(-1) ?? '',
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: htmlUrl,
    git_url: entry.type === 'commit' ? null : gitUrl,
    download_url:
      entry.type === 'blob'
        ? `${baseUrl}/${slug}/raw/${encodePath(ref)}/${encoded}`
        : null,
    type: types[entry.type],
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}

function toBase64Lines(content: Buffer): string {
  return content.toString('base64').replace(/.{1,60}/g, '$&\n');
}

async function sendContent(
  context: RouteContext,
  request: Request,
  response: Response,
  wanted = restOfPath(request),
): Promise<void> {
  const repository = repositoryOf(context, request, response);
  const path = wanted.replace(/^\/+|\/+$/g, '');
  const ref = String(request.query.ref ?? '') || repository.defaultBranch;
  if (path !== '' && !isTreePath(path)) {
    throw notFound();
  }
  const { objects } = context.repositories.git(repository);
  const commit = await objects.findCommitSha(ref);
  if (!commit) {
    const refs = await objects.listRefs('refs/heads/');
    throw refs.length === 0
      ? new ApiError(404, 'This repository is empty.')
      : new ApiError(404, `No commit found for the ref ${ref}`);
  }
  const entry = await objects.findEntry({ commit, path });
  if (!entry) {
    throw notFound();
  }
  const place = { baseUrl: context.baseUrl(), repository, ref };
  if (entry.type === 'tree') {
    const children = await objects.listTree({ sha: entry.sha });
    const entries = children.map(child =>
      describeEntry(place, child, path ? `${path}/${child.path}` : child.path),
    );
    const asObject = String(request.headers.accept).includes('object');
    response.json(
      asObject ? { ...describeEntry(place, entry, path), entries } : entries,
    );
    return;
  }
  if (entry.type === 'commit') {
    response.json({
      ...describeEntry(place, entry, path),
      submodule_git_url: null,
    });
    return;
  }
  const blob = await objects.find(entry.sha, 'blob');
  if (!blob) {
    throw notFound();
  }
  if (/\braw\b/.test(String(request.headers.accept))) {
    response.setHeader(
      'content-type',
      'application/vnd.github.raw+json; charset=utf-8',
    );
    response.send(blob.content);
    return;
  }
  const small = blob.content.length <= inlineLimit;
  response.json({
    ...describeEntry(place, entry, path),
    ...(entry.mode === '120000'
      ? { target: blob.content.toString('utf8') }
      : {
          content: small ? toBase64Lines(blob.content) : '',
          encoding: small ? 'base64' : 'none',
        }),
  });
}

function checkSha(
  path: string,
  existing: string | undefined,
  given: string | null | undefined,
): void {
  if (existing && !given) {
    throw validationFailed([], `Invalid request.\n\n"sha" wasn't supplied.`);
  }
  if (given && given !== existing) {
    throw new ApiError(409, `${path} does not match ${given}`);
  }
}

async function findTarget(
  context: RouteContext,
  repository: Repository,
  branch: string,
): Promise<{ ref: string; before: string }> {
  const { objects } = context.repositories.git(repository);
  const ref = `refs/heads/${branch}`;
  const refs = await objects.listRefs('refs/heads/');
  const before = refs.find(known => known.ref === ref)?.sha;
  if (!isRefName(branch) || (!before && refs.length > 0)) {
    throw new ApiError(404, `Branch ${branch} not found`);
  }
  return { ref, before: before ?? zeroSha };
}

/** Writes one file, or removes it, as one commit on a branch. */
async function changeContent(
  context: RouteContext,
  options: {
    repository: Repository;
    login: string;
    path: string;
    body: ContentChange;
    content: Buffer | undefined;
  },
) {
  const { repository, login, path, body, content } = options;
  const { objects, writer } = context.repositories.git(repository);
  const person = personOf(context, login);
  const complete = (given: z.output<typeof personSchema> | undefined) =>
    given && { ...given, date: given.date ?? person.date };
  return context.repositories.write(repository, login, async () => {
    const branch = body.branch ?? repository.defaultBranch;
    const { ref, before } = await findTarget(context, repository, branch);
    const exists = before !== zeroSha;
    const entry = exists
      ? await objects.findEntry({ commit: before, path })
      : undefined;
    checkSha(path, entry?.sha, body.sha);
    if (!entry && !content) {
      throw notFound();
    }
    const change: TreeChange = {
      path,
      mode: entry?.mode === '100755' ? '100755' : '100644',
      sha: content && (await writer.writeBlob(content)),
    };
    const committer = complete(body.committer) ?? person;
    const sha = await writer.writeCommit({
      tree: await writer.writeTree({
        base: exists ? before : undefined,
        changes: [change],
      }),
      parents: exists ? [before] : [],
      author: complete(body.author) ?? committer,
      committer,
      message: body.message,
    });
    await writer.updateRef({ ref, before, after: sha });
    const [commit] = await objects.readCommits([sha]);
    const place = { baseUrl: context.baseUrl(), repository, ref: branch };
    return {
      created: entry === undefined,
      body: {
        content: change.sha
          ? describeEntry(
              place,
              {
                mode: change.mode,
                type: 'blob',
                sha: change.sha,
                size: content?.length,
              },
              path,
            )
          : null,
        commit: toRestGitCommit(placeOf(place.baseUrl, repository), commit),
      },
    };
  });
}

/** Serves files and folders of a branch, and changes to single files. */
export const contentRoutes: RouteGroup = (router, context) => {
  router.get('/repos/:owner/:repo/contents', (request, response) =>
    sendContent(context, request, response),
  );
  router.get('/repos/:owner/:repo/contents/*', (request, response) =>
    sendContent(context, request, response),
  );
  router.get('/repos/:owner/:repo/readme', (request, response) =>
    sendContent(context, request, response, 'README.md'),
  );
  const readChange = (request: Request, source: unknown) => {
    const path = restOfPath(request);
    if (!isTreePath(path)) {
      throw validationFailed([], `path contains a malformed path component`);
    }
    return { path, body: parseBody(changeSchema, source, 'Content') };
  };
  router.put('/repos/:owner/:repo/contents/*', async (request, response) => {
    const target = writableRepositoryOf(context, request, response);
    const { path, body } = readChange(request, request.body);
    const { content } = body;
    if (content === undefined || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) {
      throw validationFailed([], 'content is not valid Base64');
    }
    const result = await changeContent(context, {
      ...target,
      path,
      body,
      content: Buffer.from(content, 'base64'),
    });
    response.status(result.created ? 201 : 200).json(result.body);
  });
  router.delete('/repos/:owner/:repo/contents/*', async (request, response) => {
    const target = writableRepositoryOf(context, request, response);
    const { path, body } = readChange(request, {
      ...request.query,
      ...request.body,
    });
    const result = await changeContent(context, {
      ...target,
      path,
      body,
      content: undefined,
    });
    response.json(result.body);
  });
};
