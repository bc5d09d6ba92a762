import { createHmac } from 'node:crypto';
import type { Config } from '@backstage/config';

/**
 * The first that is set is the secret. They are those without which no
 * drain is read, so whoever counts requests has one.
 */
const SECRET_KEYS = [
  'forks.encryptionKey',
  'slo.encryptionKey',
  'slo.vercel.drainSecret',
];

const USER_AGENT = /^forkyard-[a-z-]+\/([\w-]{22})$/;

/**
 * Marks the requests that the portal makes to applications, so that they can be
 * told from those of visitors.
 *
 * What an application hears can be repeated by whoever runs it. So the mark is
 * another one for each host: with it, only requests to the very same host pass
 * as ours. It is derived from a secret of the installation, which its replicas
 * and plugins share; without any, requests are named and not marked.
 */
export class OwnRequests {
  readonly #secret: string | undefined;

  constructor(secret: string | undefined) {
    this.#secret = secret;
  }

  /** Takes a secret that the installation has for something else. */
  static fromConfig(config: Config): OwnRequests {
    for (const key of SECRET_KEYS) {
      const secret = config.getOptionalString(key);
      if (secret) return new OwnRequests(secret);
    }
    return new OwnRequests(undefined);
  }

  /**
   * Gives the `User-Agent` for a request.
   *
   * @param purpose - small letters and dashes, such as `smoke-test`
   * @param host - of the request, its port does not matter
   */
  userAgentFor(purpose: string, host: string): string {
    const mark = this.#markFor(host);
    return mark ? `forkyard-${purpose}/${mark}` : `forkyard-${purpose}`;
  }

  /** Tells whether a request to a host was one of ours. */
  isOwn(userAgent: string, host: string): boolean {
    const mark = USER_AGENT.exec(userAgent)?.[1];
    return mark !== undefined && mark === this.#markFor(host);
  }

  #markFor(host: string): string | undefined {
    if (!this.#secret) return undefined;
    const name = host.toLowerCase().replace(/:\d+$/, '');
    return createHmac('sha256', this.#secret)
      .update(`forkyard own request to ${name}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  }
}
