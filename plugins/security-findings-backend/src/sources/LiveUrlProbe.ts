import { lookup as lookupHost } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  describeConnectionError,
  type OwnRequests,
} from '@forkyard/backend-kit';

const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 3;

/** Networks that are not the Internet (IANA special-purpose registries). */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** A name resolves to an address that is not to be connected to. */
class PrivateAddressError extends Error {}

/** What a live URL answered, or why it was not judged. */
export type ProbeAnswer =
  | {
      kind: 'answered';
      url: URL;
      status: number;
      headers: Record<string, string | undefined>;
    }
  | { kind: 'refused'; reason: string };

/**
 * Asks a live URL for its headers.
 *
 * The URL comes from outside, so it may not lead into our own network: names
 * are resolved here and the connection goes to the very address that was
 * checked. `*.localhost` is this machine, as browsers have it, because that is
 * where the embedded platform serves. Redirects are followed on the same host.
 * Bodies are not read.
 */
export class LiveUrlProbe {
  readonly #ownRequests: Pick<OwnRequests, 'userAgentFor'>;
  readonly #lookup: typeof lookupHost;
  readonly #timeoutMs: number;

  constructor(options: {
    ownRequests: Pick<OwnRequests, 'userAgentFor'>;
    lookup?: typeof lookupHost;
    timeoutMs?: number;
  }) {
    this.#ownRequests = options.ownRequests;
    this.#lookup = options.lookup ?? lookupHost;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** Throws `ServiceUnavailableError` when there is no answer. */
  async get(
    address: string,
    options: { signal?: AbortSignal } = {},
  ): Promise<ProbeAnswer> {
    const first = URL.parse(address);
    if (!first || !isWeb(first)) {
      return { kind: 'refused', reason: `'${address}' is no web address.` };
    }
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      if (isIP(bare(url.hostname)) && isPrivate(bare(url.hostname))) {
        return { kind: 'refused', reason: refusalOf(url) };
      }
      const response = await this.#request(url, options.signal);
      if (response === 'private') {
        return { kind: 'refused', reason: refusalOf(url) };
      }
      const { location } = response.headers;
      const isRedirect = response.status >= 300 && response.status < 400;
      if (!isRedirect || !location) {
        return { kind: 'answered', url, ...response };
      }
      const next = URL.parse(location, url);
      if (!next || !isWeb(next) || next.hostname !== url.hostname) {
        return {
          kind: 'refused',
          reason: `The live URL ${first.origin} redirects to another host, whose headers are not its own.`,
        };
      }
      url = next;
    }
    return {
      kind: 'refused',
      reason: `The live URL ${first.origin} redirects more than ${MAX_REDIRECTS} times.`,
    };
  }

  async #request(
    url: URL,
    signal: AbortSignal | undefined,
  ): Promise<
    { status: number; headers: Record<string, string | undefined> } | 'private'
  > {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    try {
      return await new Promise((resolve, reject) => {
        const request = send(
          url,
          {
            lookup: this.#checkedLookup(),
            agent: false,
            headers: {
              accept: 'text/html,*/*',
              'user-agent': this.#ownRequests.userAgentFor('scan', url.host),
            },
            signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
          },
          response => {
            resolve({
              status: response.statusCode ?? 0,
              headers: flatten(response),
            });
            response.destroy();
          },
        );
        request.on('error', reject).end();
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof PrivateAddressError) return 'private';
      const reason = timeout.aborted
        ? `no answer within ${this.#timeoutMs / 1000} s`
        : describeConnectionError(error);
      throw new ServiceUnavailableError(
        `The live URL ${url.origin} did not answer: ${reason}.`,
      );
    }
  }

  #checkedLookup(): LookupFunction {
    return (hostname, options, callback) => {
      const give = (addresses: { address: string; family: number }[]) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0].address, addresses[0].family);
      };
      if (hostname.endsWith('.localhost')) {
        give([{ address: '127.0.0.1', family: 4 }]);
        return;
      }
      this.#lookup(hostname, { all: true }, (error, addresses) => {
        if (error) callback(error, '', 0);
        else if (addresses.some(({ address }) => isPrivate(address))) {
          callback(new PrivateAddressError(), '', 0);
        } else give(addresses);
      });
    };
  }
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

/** IPv6 addresses stand in brackets in URLs. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refusalOf(url: URL): string {
  return `The live URL ${url.origin} is an address of a private network, which is not looked at.`;
}

function flatten(response: IncomingMessage) {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
