import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import {
  describeConnectionError,
  type OwnRequests,
} from '@forkyard/backend-kit';

/**
 * Port to the running fork.
 */
export interface ApplicationProbe {
  /** One GET; resolves to the status, or to why there was none. */
  get(
    url: string,
    options?: { signal?: AbortSignal },
  ): Promise<{ status: number } | { failure: string }>;
}

/**
 * Asks a URL for its status.
 *
 * Browsers take `*.localhost` for this machine, Node's resolver does not
 * everywhere: such names are connected to 127.0.0.1, with the Host header left
 * as it is.
 */
export class HttpProbe implements ApplicationProbe {
  constructor(
    private readonly ownRequests: Pick<OwnRequests, 'userAgentFor'>,
    private readonly timeoutMs: number = 10_000,
  ) {}

  async get(url: string, options: { signal?: AbortSignal } = {}) {
    const { protocol, hostname, host, port, pathname, search } = new URL(url);
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const signal = options.signal
      ? AbortSignal.any([options.signal, timeout])
      : timeout;
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    try {
      return await new Promise<{ status: number }>((resolve, reject) => {
        send(
          {
            host: hostname.endsWith('.localhost') ? '127.0.0.1' : hostname,
            port: port || undefined,
            path: `${pathname}${search}`,
            headers: {
              host,
              accept: '*/*',
              'user-agent': this.ownRequests.userAgentFor('probe', host),
            },
            servername: protocol === 'https:' ? hostname : undefined,
            signal,
          },
          response => {
            response.resume();
            resolve({ status: response.statusCode ?? 0 });
          },
        )
          .on('error', reject)
          .end();
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      return {
        failure: timeout.aborted
          ? `no answer within ${this.timeoutMs / 1000} s`
          : describeConnectionError(error),
      };
    }
  }
}
