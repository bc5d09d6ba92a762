import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type {
  GithubCredentialsProvider,
  GithubIntegration,
} from '@backstage/integration';
import {
  callUpstream,
  describeGithubError,
  findUpstreamFailure,
  parseAnswer,
  UnexpectedAnswerError,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import type { FindingReport } from '@forkyard/plugin-security-findings-common';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { RepositoryName, ScanOutcome } from './FindingsSource';
import { unavailable } from './unavailable';

const PER_PAGE = 100;
/** 10,000 alerts; a repository with more is told of, and nothing is closed. */
const MAX_PAGES = 100;

/** Octokit would print failures that we report ourselves. */
const silentLog = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** What a list of alerts came to. */
export type AlertList<T> =
  | { kind: 'alerts'; alerts: T[]; incompleteReason?: string }
  | { kind: 'off'; reason: string };

/** Which list of alerts to read. */
export interface AlertQuery<TSchema extends z.ZodType> {
  /** For example `code scanning alerts`. */
  what: string;
  repository: RepositoryName;
  /** Beneath the repository, for example `code-scanning/alerts`. */
  path: string;
  parameters: Record<string, string>;
  /** The fields of one alert that the caller uses. */
  schema: TSchema;
  signal?: AbortSignal;
}

/**
 * Reads GitHub's lists of alerts to their end, by the links between the pages,
 * which are numbers for some lists and cursors for others.
 */
export class GithubAlertReader {
  constructor(
    private readonly options: {
      integration: GithubIntegration;
      credentialsProvider: GithubCredentialsProvider;
      logger?: LoggerService;
      limits?: UpstreamLimits;
    },
  ) {}

  /**
   * A service that is not enabled is `off`, in GitHub's words. Everything else
   * that prevents an answer is thrown as `ServiceUnavailableError`.
   */
  async list<TSchema extends z.ZodType>(
    query: AlertQuery<TSchema>,
  ): Promise<AlertList<z.output<TSchema>>> {
    const alerts: z.output<TSchema>[] = [];
    const parameters = new URLSearchParams({
      ...query.parameters,
      per_page: String(PER_PAGE),
    });
    let url: string | undefined =
      `${this.#urlOf(query.repository)}/${query.path}?${parameters}`;
    try {
      for (let page = 0; url && page < MAX_PAGES; page++) {
        const answer: Page<z.output<TSchema>> = await this.#readPage(
          query,
          url,
        );
        alerts.push(...answer.alerts);
        url = answer.nextUrl;
      }
    } catch (error) {
      assertError(error);
      const reason = findOffReason(error, query.what);
      if (reason && alerts.length === 0) return { kind: 'off', reason };
      throw error.name === 'ServiceUnavailableError'
        ? error
        : unavailable(error.message, error);
    }
    return {
      kind: 'alerts',
      alerts,
      incompleteReason: url
        ? `GitHub has more than ${MAX_PAGES * PER_PAGE} ${query.what}; the rest was not read.`
        : undefined,
    };
  }

  /** Scans a repository by one list of its open alerts. */
  async scan<TSchema extends z.ZodType>(
    query: Omit<AlertQuery<TSchema>, 'parameters'>,
    toReports: (alerts: z.output<TSchema>[]) => FindingReport[],
  ): Promise<ScanOutcome> {
    const list = await this.list({ ...query, parameters: { state: 'open' } });
    if (list.kind === 'off') return list;
    return {
      kind: 'scanned',
      reports: toReports(list.alerts),
      incompleteReason: list.incompleteReason,
      version: () => this.findHead(query.repository),
    };
  }

  /** Finds the newest commit of the default branch. */
  async findHead(repository: RepositoryName): Promise<string> {
    const { alerts } = await this.#readPage(
      {
        what: 'commits',
        repository,
        schema: z.object({ sha: z.string().min(1) }),
      },
      `${this.#urlOf(repository)}/commits?per_page=1`,
    );
    return alerts[0]?.sha ?? 'none';
  }

  #urlOf({ owner, name }: RepositoryName): string {
    const { apiBaseUrl } = this.options.integration.config;
    return `${apiBaseUrl}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  }

  #readPage<TSchema extends z.ZodType>(
    query: Omit<AlertQuery<TSchema>, 'path' | 'parameters'>,
    url: string,
  ): Promise<Page<z.output<TSchema>>> {
    const { owner, name } = query.repository;
    const { integration, logger, limits } = this.options;
    return callUpstream({
      system: 'GitHub',
      what: `list the ${query.what} of '${owner}/${name}'`,
      credentialsHint: `Check the credentials of '${integration.config.host}' in 'integrations.github': they need to read security events.`,
      signal: query.signal,
      logger,
      limits,
      describe: describeGithubError,
      run: async ({ signal }) => {
        const octokit = await this.#connect(query.repository);
        const response = await octokit.request({
          method: 'GET',
          url,
          headers: { accept: 'application/vnd.github+json' },
          request: { signal },
        });
        return {
          alerts: parseAnswer(z.array(query.schema), response.data),
          nextUrl: this.#findNext(response.headers.link),
        };
      },
    });
  }

  async #connect({ owner, name }: RepositoryName): Promise<Octokit> {
    const { integration, credentialsProvider } = this.options;
    const { token } = await credentialsProvider.getCredentials({
      url: `https://${integration.config.host}/${owner}/${name}`,
    });
    return new Octokit({
      auth: token,
      baseUrl: integration.config.apiBaseUrl,
      log: silentLog,
    });
  }

  /** Follows links to the same API only, because the token goes with them. */
  #findNext(link: string | undefined): string | undefined {
    const next = link?.match(/<([^<>]+)>;\s*rel="next"/)?.[1];
    if (!next) return undefined;
    const base = this.options.integration.config.apiBaseUrl;
    if (URL.parse(next)?.origin !== URL.parse(base ?? '')?.origin) {
      throw new UnexpectedAnswerError(['link']);
    }
    return next;
  }
}

interface Page<T> {
  alerts: T[];
  nextUrl?: string;
}

/**
 * Tells a service that is not there from one that we may not read: GitHub
 * answers 403 to both, and "not accessible" to the latter.
 */
function findOffReason(error: Error, what: string): string | undefined {
  const failure = findUpstreamFailure(error);
  if (failure?.status !== 403 && failure?.status !== 404) return undefined;
  const isRefusal =
    /not accessible|must have|forbidden|denied|not authorized|saml/i;
  if (failure.status === 403 && isRefusal.test(failure.message)) {
    return undefined;
  }
  return `GitHub has no ${what} for this repository: ${failure.message || 'not found'}`;
}
