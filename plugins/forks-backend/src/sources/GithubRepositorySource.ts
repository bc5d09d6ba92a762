import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import type {
  GithubCredentialsProvider,
  GithubIntegration,
} from '@backstage/integration';
import {
  findUpstreamFailure,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { callGithub, type GithubConnection } from './callGithub';
import type {
  Repository,
  RepositoryBranch,
  RepositoryName,
  RepositorySource,
} from './RepositorySource';

/** Octokit would print deprecations and failures that we report ourselves. */
const silentLog = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

const repositorySchema = z
  .object({
    id: z.number(),
    name: z.string().min(1),
    owner: z.object({ login: z.string().min(1) }),
    html_url: z.url(),
    clone_url: z.url(),
    description: z.string().nullish(),
    topics: z.array(z.string()).nullish(),
    default_branch: z.string().nullish(),
    archived: z.boolean().nullish(),
  })
  .transform((data): Repository => ({
    id: String(data.id),
    owner: data.owner.login,
    repo: data.name,
    htmlUrl: data.html_url,
    cloneUrl: data.clone_url,
    description: data.description ?? '',
    topics: data.topics ?? [],
    defaultBranch: data.default_branch ?? 'main',
    archived: data.archived ?? false,
  }));

/**
 * Speaks to GitHub with the credentials of Backstage's GitHub integration: a
 * token, or an installed GitHub App.
 */
export class GithubRepositorySource implements RepositorySource {
  readonly #connection: GithubConnection;

  constructor(
    private readonly options: {
      integration: GithubIntegration;
      credentialsProvider: GithubCredentialsProvider;
      organization: string;
      logger: LoggerService;
      limits?: UpstreamLimits;
    },
  ) {
    const { host } = options.integration.config;
    this.#connection = {
      getOctokit: () => this.#createOctokit(),
      credentialsHint: `Check the credentials in 'integrations.github' for host '${host}': they need to administer repositories of '${options.organization}'.`,
      logger: options.logger,
      limits: options.limits,
    };
  }

  async findRepository(name: RepositoryName): Promise<Repository | undefined> {
    return unlessNotFound(() =>
      callGithub(this.#connection, {
        what: `read repository '${format(name)}'`,
        run: (octokit, request) => octokit.rest.repos.get({ ...name, request }),
        schema: repositorySchema,
      }),
    );
  }

  async createRepository({
    owner,
    repo,
    description,
  }: RepositoryName & { description: string }): Promise<Repository> {
    return callGithub(this.#connection, {
      what: `create repository '${format({ owner, repo })}'`,
      // A lost reply is found out by reading; a repeat would say "taken".
      retry: 'never',
      run: (octokit, request) =>
        octokit.rest.repos.createInOrg({
          org: owner,
          name: repo,
          description,
          private: true,
          auto_init: false,
          request,
        }),
      schema: repositorySchema,
    });
  }

  async setTopics({
    topics,
    ...name
  }: RepositoryName & { topics: string[] }): Promise<void> {
    await callGithub(this.#connection, {
      what: `set the topics of repository '${format(name)}'`,
      run: (octokit, request) =>
        octokit.rest.repos.replaceAllTopics({
          ...name,
          names: topics,
          request,
        }),
      schema: z.unknown(),
    });
  }

  async setDescription({
    description,
    ...name
  }: RepositoryName & { description: string }): Promise<void> {
    await callGithub(this.#connection, {
      what: `describe repository '${format(name)}'`,
      run: (octokit, request) =>
        octokit.rest.repos.update({ ...name, description, request }),
      schema: z.unknown(),
    });
  }

  async archiveRepository(name: RepositoryName): Promise<void> {
    await callGithub(this.#connection, {
      what: `archive repository '${format(name)}'`,
      run: (octokit, request) =>
        octokit.rest.repos.update({ ...name, archived: true, request }),
      schema: z.unknown(),
    });
  }

  async deleteRepository(name: RepositoryName): Promise<void> {
    await unlessNotFound(() =>
      callGithub(this.#connection, {
        what: `delete repository '${format(name)}'`,
        run: (octokit, request) =>
          octokit.rest.repos.delete({ ...name, request }),
        schema: z.unknown(),
      }),
    );
  }

  async findBranchHead({
    branch,
    ...name
  }: RepositoryName & { branch: string }): Promise<string | undefined> {
    try {
      const found = await unlessNotFound(() =>
        callGithub(this.#connection, {
          what: `read branch '${branch}' of repository '${format(name)}'`,
          run: (octokit, request) =>
            octokit.rest.git.getRef({
              ...name,
              ref: `heads/${branch}`,
              request,
            }),
          schema: z.object({
            object: z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) }),
          }),
        }),
      );
      return found?.object.sha;
    } catch (error) {
      // GitHub answers 409 "Git Repository is empty".
      if (findUpstreamFailure(error)?.status === 409) return undefined;
      throw error;
    }
  }

  async listBranches(name: RepositoryName): Promise<RepositoryBranch[]> {
    const branches = await callGithub(this.#connection, {
      what: `list the branches of repository '${format(name)}'`,
      run: (octokit, request) =>
        octokit.rest.repos.listBranches({ ...name, per_page: 100, request }),
      schema: z.array(
        z.object({
          name: z.string(),
          commit: z.object({ sha: z.string() }),
        }),
      ),
    });
    return branches.map(branch => ({
      name: branch.name,
      sha: branch.commit.sha,
    }));
  }

  async findFile({
    ref,
    path,
    ...name
  }: RepositoryName & { ref: string; path: string }): Promise<
    string | undefined
  > {
    const file = await unlessNotFound(() =>
      callGithub(this.#connection, {
        what: `read '${path}' of repository '${format(name)}'`,
        run: (octokit, request) =>
          octokit.rest.repos.getContent({ ...name, path, ref, request }),
        schema: z.object({ content: z.string(), encoding: z.string() }),
      }),
    );
    return file && Buffer.from(file.content, 'base64').toString('utf8');
  }

  async getTokenScopes(): Promise<string[] | undefined> {
    const headers = await callGithub(this.#connection, {
      what: 'tell the scopes of our token',
      run: async (octokit, request) => {
        const response = await octokit.request('GET /rate_limit', { request });
        return { data: response.headers };
      },
      schema: z.object({ 'x-oauth-scopes': z.string().optional() }),
    });
    return headers['x-oauth-scopes']
      ?.split(',')
      .map(scope => scope.trim())
      .filter(Boolean);
  }

  async getGitToken(name: RepositoryName): Promise<string | undefined> {
    return this.#getToken(name.owner);
  }

  async #createOctokit(): Promise<Octokit> {
    return new Octokit({
      baseUrl: this.options.integration.config.apiBaseUrl,
      auth: await this.#getToken(this.options.organization),
      userAgent: 'forkyard',
      log: silentLog,
    });
  }

  async #getToken(owner: string): Promise<string | undefined> {
    const { host } = this.options.integration.config;
    const { token } = await this.options.credentialsProvider.getCredentials({
      url: `https://${host}/${owner}`,
    });
    return token;
  }
}

function format({ owner, repo }: RepositoryName): string {
  return `${owner}/${repo}`;
}

async function unlessNotFound<T>(
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
