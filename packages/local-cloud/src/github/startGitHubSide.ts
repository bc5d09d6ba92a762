import { GitHubSide, LocalCloudContext } from '../context';
import { ApiError, createApiApp, FaultBook, listen, TokenBook } from '../http';

/** Starts the GitHub API and git smart HTTP on one origin. */
export async function startGitHubSide(
  context: LocalCloudContext,
): Promise<GitHubSide> {
  const faults = new FaultBook();
  const app = createApiApp({
    tokens: new TokenBook(context.config.tokens),
    faults,
    log: context.log,
    errorShape: error => ({ message: error.message }),
    requestIdHeader: 'x-github-request-id',
    unauthorized: () => new ApiError(401, 'Bad credentials'),
    routes: () => {},
  });
  const server = await listen(app, {
    name: 'github',
    host: context.config.host,
    port: context.config.ports.github,
  });
  return {
    url: server.url,
    faults,
    onPush: () => () => {},
    findRepository: () => undefined,
    findRepositoryById: () => undefined,
    findCommit: async () => undefined,
    exportTree: async () => {},
    stop: () => server.stop(),
  };
}
