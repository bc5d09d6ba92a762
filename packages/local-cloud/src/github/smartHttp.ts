import { spawn } from 'node:child_process';
import express from 'express';
import { ApiError, findCaller } from '../http';
import { gitEnvironment } from './git';
import { RouteContext } from './routes/RouteContext';
import { Repository } from './store';

const services = ['git-upload-pack', 'git-receive-pack'];

/** Limits of what a client may send. */
const bodyLimits: Record<string, number> = {
  'git-upload-pack': 32 * 1024 * 1024,
  'git-receive-pack': 512 * 1024 * 1024,
};

/** Asks git clients for credentials. */
export function basicChallenge(message = 'Bad credentials'): ApiError {
  return new ApiError(401, message, {
    headers: { 'www-authenticate': 'Basic realm="GitHub"' },
  });
}

/** Tells whether a path is git's own protocol. */
export function isGitPath(path: string): boolean {
  return /^\/[^/]+\/[^/]+\/(info\/refs|git-(upload|receive)-pack|HEAD|objects\/.*)$/.test(
    path,
  );
}

function findServedRepository(
  context: RouteContext,
  request: express.Request,
  response: express.Response,
  service: string,
): Repository {
  const { owner } = request.params;
  const name = request.params.repo.replace(/\.git$/, '');
  const caller = findCaller(response);
  const repository = context.store.repositories.find(owner, name);
  const hidden = !repository || repository.private;
  if (!caller && (hidden || service === 'git-receive-pack')) {
    throw basicChallenge('Authentication is required');
  }
  if (!repository) {
    throw new ApiError(404, 'Repository not found.');
  }
  if (repository.archived && service === 'git-receive-pack') {
    throw new ApiError(403, 'Repository was archived so is read-only.');
  }
  return repository;
}

/** Sends the head of a CGI answer as the head of the HTTP answer. */
function applyCgiHead(response: express.Response, head: string): void {
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') {
      response.status(Number.parseInt(value, 10));
    } else if (colon > 0) {
      response.setHeader(name, value);
    }
  }
}

/**
 * Passes one request to `git http-backend`.
 *
 * The reply ends only after `afterwards` has run, so that whoever has pushed
 * and asks next sees what the push has caused.
 */
async function runBackend(options: {
  context: RouteContext;
  repository: Repository;
  suffix: string;
  login: string;
  request: express.Request;
  response: express.Response;
  bodyLimit: number;
}): Promise<() => void> {
  const { context, repository, suffix, login, request, response } = options;
  const { headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: gitEnvironment({
      GIT_PROJECT_ROOT: context.repositories.gitRoot,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${repository.owner.login}/${repository.name}.git/${suffix}`,
      QUERY_STRING:
        suffix === 'info/refs' ? `service=${request.query.service}` : '',
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? '').slice(0, 200),
      REMOTE_USER: login,
      REMOTE_ADDR: '127.0.0.1',
    }),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > options.bodyLimit) {
      child.kill();
    }
  });
  request.on('aborted', () => child.kill());
  child.stdin.on('error', () => {
    // The backend may answer before it has read everything.
  });
  request.pipe(child.stdin);
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!head) {
      if (!response.write(chunk)) {
        child.stdout.pause();
        response.once('drain', () => child.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      applyCgiHead(response, head.subarray(0, end).toString('latin1'));
      const rest = head.subarray(end + 4);
      head = undefined;
      if (rest.length > 0) {
        response.write(rest);
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
    response.on('close', () => child.kill());
  });
  if (received > options.bodyLimit) {
    throw new ApiError(413, 'The pack is too large');
  }
  if (head) {
    throw new ApiError(500, 'git http-backend gave no answer');
  }
  return () => response.end();
}

/** Serves git's smart HTTP protocol; the dumb one is not served. */
export function gitRoutes(router: express.Router, context: RouteContext): void {
  const serve = async (
    request: express.Request,
    response: express.Response,
    options: { service: string; suffix: string },
  ) => {
    const { service, suffix } = options;
    const repository = findServedRepository(
      context,
      request,
      response,
      service,
    );
    const login = findCaller(response)?.login ?? 'anonymous';
    const run = () =>
      runBackend({
        context,
        repository,
        suffix,
        login,
        request,
        response,
        bodyLimit: bodyLimits[service],
      });
    const writes = request.method === 'POST' && service === 'git-receive-pack';
    const end = writes
      ? await context.repositories.write(repository, login, run)
      : await run();
    end();
  };
  router.get('/:owner/:repo/info/refs', async (request, response, next) => {
    const service = String(request.query.service ?? '');
    if (!services.includes(service)) {
      next();
      return;
    }
    await serve(request, response, { service, suffix: 'info/refs' });
  });
  for (const service of services) {
    router.post(`/:owner/:repo/${service}`, (request, response) =>
      serve(request, response, { service, suffix: service }),
    );
  }
}
