import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  type GithubCredentialsProvider,
  type ScmIntegrations,
} from '@backstage/integration';
import {
  callUpstream,
  describeGithubError,
  parseAnswer,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import type { DeploymentCommit } from '@forkyard/plugin-deployments-common';
import { Octokit } from '@octokit/rest';
import type { z } from 'zod';

/** A commit and the repository in which it is. */
export interface CommitPlace {
  owner: string;
  repo: string;
  sha: string;
  /** Page of the commit. */
  url: string;
}

/** One call of GitHub's REST API. */
export interface GithubCall<TSchema extends z.ZodType> {
  place: CommitPlace;
  /** Verb and object, for example `list the checks of 'acme/shop'`. */
  what: string;
  /** Which right the credentials need, for the error message. */
  needs: string;
  /** Pass the second argument on as `request`. */
  run(
    octokit: Octokit,
    request: { signal: AbortSignal },
  ): Promise<{ data: unknown }>;
  /** The fields of the answer that the caller uses. */
  schema: TSchema;
}

/** A gate is asked again at the next tick, which is its retry. */
const ONE_ATTEMPT: UpstreamLimits = { maxAttempts: 1, timeoutMs: 10_000 };

/** Octokit would print failures that we report ourselves. */
const silentLog = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/**
 * Calls GitHub about commits that a provider deployed, with the credentials of
 * Backstage's GitHub integration.
 */
export class GithubConnector {
  readonly #credentials: GithubCredentialsProvider;

  constructor(
    private readonly options: {
      integrations: ScmIntegrations;
      logger: LoggerService;
      limits?: UpstreamLimits;
    },
  ) {
    this.#credentials = DefaultGithubCredentialsProvider.fromIntegrations(
      options.integrations,
    );
  }

  /**
   * Finds the repository in the page that the provider gives for the commit it
   * built; what the repository's own files claim plays no part. Undefined when
   * the provider gave none.
   */
  locate(commit: DeploymentCommit | undefined): CommitPlace | undefined {
    const [, owner, repo, sha] =
      /^\/([\w.-]+)\/([\w.-]+)\/commit\/([\da-f]{40})$/.exec(
        URL.parse(commit?.url ?? '')?.pathname ?? '',
      ) ?? [];
    if (!commit?.url || !owner || !repo || sha !== commit.sha) return undefined;
    return { owner, repo, sha, url: commit.url };
  }

  async call<TSchema extends z.ZodType>(
    call: GithubCall<TSchema>,
  ): Promise<z.output<TSchema>> {
    const { integrations, logger, limits } = this.options;
    const { place } = call;
    const config = integrations.github.byUrl(place.url)?.config;
    if (!config?.apiBaseUrl) {
      throw new InputError(
        `The commit is at ${new URL(place.url).host}, of which 'integrations.github' says nothing: add the host there.`,
      );
    }
    return callUpstream({
      system: 'GitHub',
      what: call.what,
      credentialsHint: `Check the credentials of '${config.host}' in 'integrations.github': they need to ${call.needs}.`,
      logger,
      limits: { ...ONE_ATTEMPT, ...limits },
      describe: describeGithubError,
      run: async ({ signal }) => {
        const { token } = await this.#credentials.getCredentials({
          url: place.url.replace(/\/commit\/.*$/, ''),
        });
        const octokit = new Octokit({
          auth: token,
          baseUrl: config.apiBaseUrl,
          log: silentLog,
        });
        const { data } = await call.run(octokit, { signal });
        return parseAnswer(call.schema, data);
      },
    });
  }
}
