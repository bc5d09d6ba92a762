import { spawn } from 'node:child_process';
import { Request, Response } from 'express';
import { gitEnvironment } from '../git';
import { notFound } from '../services';
import {
  repositoryOf,
  restOfPath,
  RouteContext,
  RouteGroup,
} from './RouteContext';

async function sendArchive(
  context: RouteContext,
  request: Request,
  response: Response,
  format: 'tar.gz' | 'zip',
): Promise<void> {
  const repository = repositoryOf(context, request, response);
  const { objects, gitDir } = context.repositories.git(repository);
  const ref = restOfPath(request) || repository.defaultBranch;
  const sha = await objects.findCommitSha(ref);
  if (!sha) {
    throw notFound();
  }
  const folder = `${repository.owner.login}-${repository.name}-${sha.slice(
    0,
    7,
  )}`;
  response.setHeader(
    'content-type',
    format === 'zip' ? 'application/zip' : 'application/x-gzip',
  );
  response.setHeader(
    'content-disposition',
    `attachment; filename=${folder}.${format}`,
  );
  response.setHeader('etag', `W/"${sha}"`);
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const child = spawn(
    'git',
    [
      `--git-dir=${gitDir}`,
      'archive',
      `--format=${format}`,
      `--prefix=${folder}/`,
      sha,
    ],
    { env: gitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] },
  );
  response.on('close', () => child.kill());
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.stdout.pipe(response, { end: false });
    child.on('close', code => {
      if (code === 0) {
        response.end();
      } else {
        // A cut connection is the only way left to say that the archive is not whole.
        response.destroy();
      }
      resolve();
    });
  });
}

/** Serves the tree of a commit as an archive, without a redirect. */
export const archiveRoutes: RouteGroup = (router, context) => {
  router.get(
    ['/repos/:owner/:repo/tarball', '/repos/:owner/:repo/tarball/*'],
    (request, response) => sendArchive(context, request, response, 'tar.gz'),
  );
  router.get(
    ['/repos/:owner/:repo/zipball', '/repos/:owner/:repo/zipball/*'],
    (request, response) => sendArchive(context, request, response, 'zip'),
  );
};
