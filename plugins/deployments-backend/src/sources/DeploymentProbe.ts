import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import {
  describeConnectionError,
  type OwnRequests,
} from '@forkyard/backend-kit';

const MAX_REDIRECTS = 3;

/** What a deployment answered, or why there was no answer. */
export type ProbeAnswer = { status: number } | { failure: string };

/**
 * Asks a deployment for a page.
 *
 * Its URL comes from the provider: over https, or on this machine. Redirects are
 * followed on the same origin only. Bodies are not read, so that their size does
 * not matter.
 *
 * `*.localhost` is this machine, as browsers have it; Node's resolver does not
 * everywhere.
 */
export class DeploymentProbe {
  constructor(
    private readonly ownRequests: Pick<OwnRequests, 'userAgentFor'>,
    private readonly timeoutMs: number = 5_000,
  ) {}

  async get(address: string): Promise<ProbeAnswer> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    let url = new URL(address);
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        if (!isAskable(url)) {
          return { failure: `${url.origin} is neither https nor this machine` };
        }
        const { status, location } = await send(url, {
          signal,
          userAgent: this.ownRequests.userAgentFor('smoke-test', url.host),
        });
        const next = location ? URL.parse(location, url) : null;
        if (status < 300 || status >= 400 || !next) return { status };
        if (next.origin !== url.origin) {
          return { failure: `it redirects to ${next.origin}` };
        }
        url = next;
      }
      return { failure: `it redirects more than ${MAX_REDIRECTS} times` };
    } catch (error) {
      return {
        failure: signal.aborted
          ? `no answer within ${this.timeoutMs / 1000} s`
          : describeConnectionError(error),
      };
    }
  }
}

function isAskable({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || (protocol === 'http:' && isThisMachine(hostname))
  );
}

function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}

function send(
  url: URL,
  { signal, userAgent }: { signal: AbortSignal; userAgent: string },
): Promise<{ status: number; location?: string }> {
  const { protocol, hostname, host, port, pathname, search } = url;
  const request = protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const answer = (response: IncomingMessage) => {
      resolve({
        status: response.statusCode ?? 0,
        location: response.headers.location,
      });
      response.destroy();
    };
    request(
      {
        host: hostname.endsWith('.localhost')
          ? '127.0.0.1'
          : hostname.replace(/^\[|\]$/g, ''),
        port: port || undefined,
        path: `${pathname}${search}`,
        headers: { host, accept: '*/*', 'user-agent': userAgent },
        servername: protocol === 'https:' ? hostname : undefined,
        agent: false,
        signal,
      },
      answer,
    )
      .on('error', reject)
      .end();
  });
}
