import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import {
  describeConnectionError,
  type OwnRequests,
} from '@forkyard/backend-kit';

/** What a URL answered. */
export interface ProbeAnswer {
  status: number;
  /** The beginning of the body. */
  body: string;
  durationMilliseconds: number;
}

/** Port to the running application. */
export interface ApplicationProbe {
  /** One GET without redirects; the answer, or why there was none. */
  get(
    url: string,
    options: { timeoutMs: number },
  ): Promise<ProbeAnswer | { failure: string }>;
}

/** Longest part of a body that is read. */
const BODY_LIMIT = 256 * 1024;

/** Addresses of machines and networks that are nobody's public application. */
const PRIVATE = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(address, bits, 'ipv4');
}
for (const [address, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(address, bits, 'ipv6');
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const [found] = addresses;
    if (addresses.some(({ address }) => isPrivate(address))) {
      const refusal = new Error(`'${hostname}' leads to a private address`);
      return callback(refusal, '', 0);
    }
    return options.all
      ? callback(null, addresses)
      : callback(null, found.address, found.family);
  });
};

/**
 * Asks the running application.
 *
 * Names are what a provider says the entity's URL is, so that they may still be
 * made to lead into our own network: private addresses are refused, at the
 * moment of connecting. `*.localhost` is this machine by its name (RFC 6761),
 * which browsers know and Node's resolver does not everywhere.
 */
export class HttpProbe implements ApplicationProbe {
  constructor(
    private readonly ownRequests: Pick<OwnRequests, 'userAgentFor'>,
  ) {}

  async get(
    url: string,
    { timeoutMs }: { timeoutMs: number },
  ): Promise<ProbeAnswer | { failure: string }> {
    const { protocol, hostname, host, port, pathname, search } = new URL(url);
    const isLocal = hostname.endsWith('.localhost');
    if (protocol !== 'https:' && protocol !== 'http:') {
      return { failure: `'${protocol}' is no protocol that is asked` };
    }
    if (!isLocal && isPrivate(hostname.replace(/^\[|\]$/g, ''))) {
      return { failure: `'${hostname}' is a private address` };
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    const began = performance.now();
    try {
      return await new Promise<ProbeAnswer>((resolve, reject) => {
        send(
          {
            host: isLocal ? '127.0.0.1' : hostname,
            port: port || undefined,
            path: `${pathname}${search}`,
            headers: {
              host,
              accept: '*/*',
              'user-agent': this.ownRequests.userAgentFor('runbook', host),
            },
            servername: protocol === 'https:' ? hostname : undefined,
            lookup: lookupPublic,
            agent: false,
            signal,
          },
          response => {
            readBody(response).then(
              body =>
                resolve({
                  status: response.statusCode ?? 0,
                  body,
                  durationMilliseconds: Math.round(performance.now() - began),
                }),
              reject,
            );
          },
        )
          .on('error', reject)
          .end();
      });
    } catch (error) {
      return {
        failure: signal.aborted
          ? `no answer within ${timeoutMs / 1000} s`
          : describeConnectionError(error),
      };
    }
  }
}

async function readBody(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= BODY_LIMIT) break;
  }
  return Buffer.concat(chunks).subarray(0, BODY_LIMIT).toString('utf8');
}

/** Judges an IP address; a name is judged when it is looked up. */
function isPrivate(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  // An IPv4 address in the clothes of IPv6, which the other list cannot match.
  const mapped =
    /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([\da-f]+):([\da-f]+))$/i.exec(address);
  if (mapped) return isPrivate(mapped[1] ?? toIpv4(mapped[2], mapped[3]));
  return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function toIpv4(high: string, low: string): string {
  const [first, second] = [parseInt(high, 16), parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}
