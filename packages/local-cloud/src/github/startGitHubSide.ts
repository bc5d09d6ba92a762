import { spawn } from 'node:child_process';
import express from 'express';
import { GitHubSide, HostedRepository, LocalCloudContext } from '../context';
import {
  ApiError,
  createApiApp,
  ErrorShape,
  FaultBook,
  findCaller,
  listen,
  TokenBook,
} from '../http';
import { gitEnvironment, isSha } from './git';
import { pageRoutes } from './pages';
import {
  accountRoutes,
  actionsRoutes,
  adminRoutes,
  archiveRoutes,
  branchRoutes,
  codeScanningRoutes,
  checkRunRoutes,
  commitRoutes,
  compareRoutes,
  contentRoutes,
  dependabotRoutes,
  dependencyGraphRoutes,
  gitDataRoutes,
  hookRoutes,
  pullRoutes,
  refRoutes,
  repositoryCopyRoutes,
  repositoryRoutes,
  RouteContext,
  secretScanningRoutes,
} from './routes';
import { createSecuritySide } from './security';
import { seed } from './seed';
import { GitHubEvents, RepositoryService } from './services';
import { basicChallenge, gitRoutes, isGitPath } from './smartHttp';
import { GitHubStore, Repository } from './store';

const errorShape: ErrorShape = error => ({
  message: error.message,
  ...error.details,
  documentation_url: 'https://docs.github.com/rest',
  status: String(error.status),
});

/** Scopes that every accepted token has. */
const scopes = 'admin:org, admin:repo_hook, delete_repo, repo, workflow';

function describeLimits(): express.RequestHandler {
  return (request, response, next) => {
    // GitHub answers 304 whatever the client says of caches, and fetch says no-cache beside an ETag.
    delete request.headers['cache-control'];
    response.set({
      'x-github-media-type': 'github.v3; format=json',
      'x-github-api-version-selected': '2022-11-28',
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '5000',
      'x-ratelimit-used': '0',
      'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
      'x-ratelimit-resource': 'core',
      'cache-control': 'private, no-cache',
      vary: 'Accept, Authorization',
    });
    if (findCaller(response)) {
      response.set('x-oauth-scopes', scopes);
    }
    next();
  };
}

function mountRoutes(
  router: express.Router,
  context: RouteContext,
  shared: LocalCloudContext,
): void {
  gitRoutes(router, context);
  router.use(describeLimits());
  accountRoutes(router, context);
  repositoryRoutes(router, context);
  repositoryCopyRoutes(router, context);
  contentRoutes(router, context);
  gitDataRoutes(router, context);
  refRoutes(router, context);
  checkRunRoutes(router, context);
  commitRoutes(router, context);
  compareRoutes(router, context);
  branchRoutes(router, context);
  archiveRoutes(router, context);
  hookRoutes(router, context, shared.webhooks);
  pullRoutes(router, context);
  adminRoutes(router, context);
  actionsRoutes(router, context);
  codeScanningRoutes(router, context);
  secretScanningRoutes(router, context);
  dependabotRoutes(router, context);
  dependencyGraphRoutes(router, context);
  pageRoutes(router, context);
}

function createApp(
  context: RouteContext,
  shared: LocalCloudContext,
  faults: FaultBook,
): express.Express {
  const app = createApiApp({
    tokens: new TokenBook(shared.config.tokens),
    faults,
    log: shared.log,
    errorShape,
    requestIdHeader: 'x-github-request-id',
    jsonLimit: '60mb',
    unauthorized: request =>
      isGitPath(request.path)
        ? basicChallenge()
        : new ApiError(
            401,
            request.headers.authorization
              ? 'Bad credentials'
              : 'Requires authentication',
          ),
    anonymous: request =>
      request.method === 'GET' ||
      request.method === 'HEAD' ||
      isGitPath(request.path),
    routes: router => mountRoutes(router, context, shared),
  });
  app.set('etag', 'weak');
  return app;
}

function toHosted(
  repository: Repository | undefined,
): HostedRepository | undefined {
  return (
    repository && {
      id: repository.id,
      owner: repository.owner.login,
      repo: repository.name,
      private: repository.private,
      defaultBranch: repository.defaultBranch,
    }
  );
}

async function exportTree(
  gitDir: string,
  sha: string,
  directory: string,
): Promise<void> {
  if (!isSha(sha)) {
    throw new Error(`'${sha}' is not the sha of a commit`);
  }
  const environment = gitEnvironment();
  const archive = spawn(
    'git',
    [`--git-dir=${gitDir}`, 'archive', '--format=tar', sha],
    { env: environment, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const unpack = spawn('tar', ['-x', '-f', '-', '-C', directory], {
    env: environment,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  archive.stdout.pipe(unpack.stdin);
  unpack.stdin.on('error', () => {
    // The exit code of tar says what happened.
  });
  const finished = (name: string, child: typeof archive | typeof unpack) =>
    new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', code =>
        code === 0
          ? resolve()
          : reject(new Error(`${name} of ${sha} failed with ${code}`)),
      );
    });
  await Promise.all([finished('archive', archive), finished('tar', unpack)]);
}

/** Starts the GitHub API, git smart HTTP and the pages on one origin. */
export async function startGitHubSide(
  shared: LocalCloudContext,
): Promise<GitHubSide> {
  const { config, store: metadata, webhooks, log } = shared;
  let url = '';
  const store = new GitHubStore(metadata);
  const baseUrl = () => url;
  const events = new GitHubEvents({ store, webhooks, log, baseUrl });
  const repositories = new RepositoryService({
    store,
    events,
    dataDir: config.dataDir,
  });
  const security = createSecuritySide({
    store,
    repositories,
    events,
    log,
    dataDir: config.dataDir,
    baseUrl,
  });
  const context: RouteContext = {
    store,
    repositories,
    events,
    security,
    baseUrl,
  };
  const faults = new FaultBook();
  await repositories.prepare();
  const server = await listen(createApp(context, shared, faults), {
    name: 'github',
    host: config.host,
    port: config.ports.github,
  });
  url = server.url;
  const gitOf = (owner: string, repo: string) => {
    const repository = store.repositories.find(owner, repo);
    return repository && repositories.git(repository);
  };
  return {
    url,
    faults,
    onPush: listener => events.onPush(listener),
    findRepository: ({ owner, repo }) =>
      toHosted(store.repositories.find(owner, repo)),
    findRepositoryById: id => toHosted(store.repositories.findById(id)),
    findCommit: async ({ owner, repo, ref }) => {
      const git = gitOf(owner, repo);
      const sha = await git?.objects.findCommitSha(ref);
      const [commit] = (sha && (await git?.objects.readCommits([sha]))) || [];
      return (
        commit && {
          sha: commit.sha,
          message: commit.message,
          authorName: commit.author.name,
          authorEmail: commit.author.email,
          authoredAt: commit.author.date,
        }
      );
    },
    exportTree: async ({ owner, repo, sha, directory }) => {
      const git = gitOf(owner, repo);
      if (!git) {
        throw new Error(`Repository '${owner}/${repo}' does not exist`);
      }
      await exportTree(git.gitDir, sha, directory);
    },
    catchUp: async () => {
      await seed(context, shared);
      await repositories.announceMissed(config.tokens[0].login);
      await security.scanner.start(config.tokens[0].login);
    },
    stop: async () => {
      await server.stop();
      await security.scanner.stop();
    },
  };
}
