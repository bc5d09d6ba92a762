import { Request, Response, Router } from 'express';
import { findCaller, isLoopbackPeer } from '../../http';
import { isTreePath } from '../git';
import { notFound } from '../services';
import { restOfPath, RouteContext } from '../routes';
import { Repository } from '../store';
import { Html, page } from './html';
import {
  accountPage,
  commitPage,
  emptyPage,
  filePage,
  treePage,
} from './repositoryPages';

/**
 * Finds the repository of a page.
 *
 * Pages are for the person at this machine, who follows a link from the portal
 * and has no token at hand; so a browser's own navigation also sees private
 * repositories. A page of another site that embeds or fetches one does not.
 */
function findShown(
  { store }: RouteContext,
  request: Request,
  response: Response,
): Repository {
  const { owner, repo } = request.params;
  const repository = store.repositories.find(owner, repo);
  const navigation =
    isLoopbackPeer(request) &&
    request.headers['sec-fetch-mode'] === 'navigate' &&
    request.headers['sec-fetch-dest'] === 'document';
  if (
    !repository ||
    (repository.private && !findCaller(response) && !navigation)
  ) {
    throw notFound();
  }
  return repository;
}

function send(response: Response, title: string, body: Html): void {
  response
    .set({
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
    .type('html')
    .send(page(title, body));
}

/** Splits `ref/path`, where the ref itself may hold slashes: the longest ref that exists wins. */
async function splitRef(
  context: RouteContext,
  repository: Repository,
  rest: string,
): Promise<{ ref: string; path: string; commit: string }> {
  const { objects } = context.repositories.git(repository);
  const parts = rest.split('/').filter(Boolean);
  for (let length = Math.min(parts.length, 6); length > 0; length -= 1) {
    const ref = parts.slice(0, length).join('/');
    const path = parts.slice(length).join('/');
    const commit = await objects.findCommitSha(ref);
    if (commit && (path === '' || isTreePath(path))) {
      return { ref, path, commit };
    }
  }
  throw notFound();
}

async function sendPath(
  context: RouteContext,
  response: Response,
  repository: Repository,
  rest: string,
): Promise<void> {
  const { objects, history } = context.repositories.git(repository);
  const slug = `${repository.owner.login}/${repository.name}`;
  const cloneUrl = `${context.baseUrl()}/${slug}.git`;
  if (rest === '') {
    const tip = await objects.findCommitSha(repository.defaultBranch);
    if (!tip) {
      send(response, slug, emptyPage(repository, cloneUrl));
      return;
    }
  }
  const { ref, path, commit } = await splitRef(
    context,
    repository,
    rest || repository.defaultBranch,
  );
  const entry = await objects.findEntry({ commit, path });
  if (entry?.type === 'blob') {
    const blob = await objects.find(entry.sha, 'blob');
    const content = blob?.content ?? Buffer.alloc(0);
    const body = filePage({ repository, ref, path, content, cloneUrl });
    send(response, `${path} · ${slug}`, body);
    return;
  }
  if (entry?.type !== 'tree') {
    throw notFound();
  }
  const body = treePage({
    repository,
    ref,
    path,
    cloneUrl,
    entries: await objects.listTree({ sha: entry.sha }),
    commits: await objects.readCommits(
      await history.listShas({ from: [commit], limit: 10 }),
    ),
  });
  send(response, path ? `${path} · ${slug}` : slug, body);
}

async function sendRaw(
  context: RouteContext,
  response: Response,
  repository: Repository,
  rest: string,
): Promise<void> {
  const { objects } = context.repositories.git(repository);
  const { path, commit } = await splitRef(context, repository, rest);
  const entry =
    path === '' ? undefined : await objects.findEntry({ commit, path });
  const blob =
    entry?.type === 'blob' ? await objects.find(entry.sha, 'blob') : undefined;
  if (!blob) {
    throw notFound();
  }
  response
    .set({
      'content-type': blob.content.includes(0)
        ? 'application/octet-stream'
        : 'text/plain; charset=utf-8',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    .send(blob.content);
}

/** Serves pages for people, and files raw. Mounted last, since `/:owner/:repo` matches much. */
export function pageRoutes(router: Router, context: RouteContext): void {
  const { store } = context;
  router.get('/:owner', (request, response) => {
    const account = store.accounts.find(request.params.owner);
    if (!account) {
      throw notFound();
    }
    const repositories = store.repositories.list({
      ownerId: account.id,
      includePrivate: findCaller(response) !== undefined,
    });
    send(response, account.login, accountPage(account.login, repositories));
  });
  router.get('/:owner/:repo', async (request, response) => {
    const repository = findShown(context, request, response);
    await sendPath(context, response, repository, '');
  });
  router.get(
    // There is no editor here; a link to one leads to the file.
    ['/:owner/:repo/blob/*', '/:owner/:repo/edit/*', '/:owner/:repo/tree/*'],
    async (request, response) => {
      const repository = findShown(context, request, response);
      await sendPath(context, response, repository, restOfPath(request));
    },
  );
  router.get('/:owner/:repo/commit/:sha', async (request, response) => {
    const repository = findShown(context, request, response);
    const { objects, history } = context.repositories.git(repository);
    const [commit] = await objects.readCommits([request.params.sha]);
    if (!commit) {
      throw notFound();
    }
    const changes = await history.listChanges({
      before: commit.parents[0],
      after: commit.sha,
      patches: true,
    });
    send(
      response,
      `${commit.sha.slice(0, 7)} · ${repository.name}`,
      commitPage(repository, commit, changes),
    );
  });
  router.get('/:owner/:repo/raw/*', async (request, response) => {
    const repository = findShown(context, request, response);
    await sendRaw(context, response, repository, restOfPath(request));
  });
  // What rawBaseUrl of a Backstage integration is followed by.
  router.get('/:owner/:repo/*', async (request, response) => {
    const repository = findShown(context, request, response);
    await sendRaw(context, response, repository, restOfPath(request));
  });
}
