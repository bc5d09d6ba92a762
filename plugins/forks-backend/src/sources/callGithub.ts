import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  callUpstream,
  describeGithubError,
  parseAnswer,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';

/** One call of GitHub's REST API. */
export interface GithubCall<TSchema extends z.ZodType> {
  /** Verb and object, for example `create repository 'acme/shop'`. */
  what: string;
  /** Pass the second argument on as `request`. */
  run(
    octokit: Octokit,
    request: { signal: AbortSignal },
  ): Promise<{ data: unknown }>;
  /** The fields of the answer that the caller uses. */
  schema: TSchema;
  retry?: 'always' | 'never';
  signal?: AbortSignal;
}

/** What {@link callGithub} needs of its surroundings. */
export interface GithubConnection {
  getOctokit(): Promise<Octokit>;
  /** Where the token comes from, for the error message. */
  credentialsHint: string;
  logger?: LoggerService;
  limits?: UpstreamLimits;
}

/**
 * Calls GitHub with a time limit, bounded retries and our errors.
 */
export async function callGithub<TSchema extends z.ZodType>(
  connection: GithubConnection,
  call: GithubCall<TSchema>,
): Promise<z.output<TSchema>> {
  return callUpstream({
    system: 'GitHub',
    what: call.what,
    credentialsHint: connection.credentialsHint,
    retry: call.retry,
    signal: call.signal,
    logger: connection.logger,
    limits: connection.limits,
    describe: describeGithubError,
    run: async ({ signal }) => {
      const octokit = await connection.getOctokit();
      const { data } = await call.run(octokit, { signal });
      return parseAnswer(call.schema, data);
    },
  });
}
