import type { AuthService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { UrlProbe } from '@forkyard/backend-kit';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import { judgeHeaders } from '../scans/judgeHeaders';
import type { FindingsSource, ScanOutcome, ScanTarget } from './FindingsSource';
import { unavailable } from './unavailable';

/**
 * Judges the headers of what an entity has live in production, at the URL that
 * the deployments plugin knows.
 */
export class LiveUrlHeadersSource implements FindingsSource {
  readonly source = 'headers';
  readonly needsRepository = false;

  constructor(
    private readonly options: {
      deployments: Pick<DeploymentsService, 'getEntityStatus'>;
      auth: AuthService;
      probe: Pick<UrlProbe, 'get'>;
    },
  ) {}

  async scan(
    { entityRef }: Pick<ScanTarget, 'entityRef'>,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome> {
    const url = await this.#findLiveUrl(entityRef);
    if (!url) {
      return { kind: 'off', reason: 'Nothing is live in production.' };
    }
    const answer = await this.options.probe.get(url, options);
    if (answer.kind === 'refused') {
      return {
        kind: 'off',
        reason: `The live URL ${url} is not looked at: ${answer.reason}.`,
      };
    }
    if (answer.kind === 'silent') {
      throw new ServiceUnavailableError(
        `The live URL ${url} did not answer: ${answer.reason}.`,
      );
    }
    if (answer.status === 401 || answer.status === 403) {
      return {
        kind: 'off',
        reason: `The live URL ${answer.url.origin} answers ${answer.status} to visitors who are not signed in, so its own headers are not seen.`,
      };
    }
    if (answer.status >= 500) {
      throw new ServiceUnavailableError(
        `The live URL ${answer.url.origin} answered ${answer.status}, so its own headers are not seen.`,
      );
    }
    return { kind: 'scanned', reports: judgeHeaders(answer) };
  }

  async #findLiveUrl(entityRef: string): Promise<string | undefined> {
    const { deployments, auth } = this.options;
    let status;
    try {
      status = await deployments.getEntityStatus(
        { entityRef },
        { credentials: await auth.getOwnServiceCredentials() },
      );
    } catch (error) {
      throw unavailable(
        'The deployments plugin could not say what is live.',
        error,
      );
    }
    const production = status.environments.find(
      ({ environment }) => environment === 'production',
    );
    return production?.live && (production.url ?? production.live.url);
  }
}
