import { lookup as lookupHost } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { describeConnectionError } from './callVercel';
import type { OwnRequests } from './OwnRequests';

/** What a URL answered, or why not. Reasons are clauses without full stop. */
export type ProbeAnswer =
  | Answered
  /** It was not asked, or not to the end, and will not be when asked again. */
  | { kind: 'refused'; reason: string }
  | { kind: 'silent'; reason: string };

interface Answered {
  kind: 'answered';
  /** After redirects. */
  url: URL;
  status: number;
  /** By names in small letters. */
  headers: Record<string, string | undefined>;
  /** The beginning of the body. */
  body: string;
  durationMilliseconds: number;
}

export interface UrlProbeOptions {
  /** For the `User-Agent`, such as `smoke-test`. */
  purpose: string;
  ownRequests: Pick<OwnRequests, 'userAgentFor'>;
  /** How many redirects are followed; default none. */
  maxRedirects?: number;
  /** How much of a body is read; default nothing. */
  bodyBytes?: number;
  /** For all redirects together; default 10 seconds. */
  timeoutMs?: number;
  /** Replaces the resolver of the system. */
  lookup?: typeof lookupHost;
}

class RefusedError extends Error {}

/**
 * Asks URLs that come from outside, with GET.
 *
 * They may not lead into our own network: only public addresses are connected
 * to, and they are judged after the name was resolved, so that no second answer
 * of a resolver counts. `*.localhost` is this machine by its name (RFC 6761),
 * which browsers know and Node's resolver does not everywhere; all others are
 * asked by https. Redirects may not leave the host.
 */
export class UrlProbe {
  readonly #options: Required<UrlProbeOptions>;

  constructor(options: UrlProbeOptions) {
    this.#options = {
      maxRedirects: 0,
      bodyBytes: 0,
      timeoutMs: 10_000,
      lookup: lookupHost,
      ...options,
    };
  }

  /** Throws only the reason of `signal`. */
  async get(
    address: string,
    options: { signal?: AbortSignal; timeoutMs?: number } = {},
  ): Promise<ProbeAnswer> {
    const { signal, timeoutMs = this.#options.timeoutMs } = options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#follow(
        address,
        signal ? AbortSignal.any([signal, timeout]) : timeout,
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RefusedError) {
        return { kind: 'refused', reason: error.message };
      }
      const reason = timeout.aborted
        ? `no answer within ${timeoutMs / 1000} s`
        : describeConnectionError(error);
      return { kind: 'silent', reason };
    }
  }

  async #follow(address: string, signal: AbortSignal): Promise<Answered> {
    const { maxRedirects } = this.#options;
    let url = readUrl(address);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#ask(url, signal);
      const { location } = answer.headers;
      const isRedirect = answer.status >= 300 && answer.status < 400;
      if (!isRedirect || !location || maxRedirects === 0) return answer;
      if (redirects === maxRedirects) {
        throw new RefusedError(`it redirects more than ${maxRedirects} times`);
      }
      url = followRedirect(url, location);
    }
  }

  async #ask(url: URL, signal: AbortSignal): Promise<Answered> {
    const { purpose, ownRequests, lookup, bodyBytes } = this.#options;
    const { protocol, hostname, host, port, pathname, search } = url;
    const name = hostname.replace(/^\[|\]$/g, '');
    if (isIP(name) && !isPublic(name)) throw refusalOf(name);
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    const began = performance.now();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(
        {
          host: isThisMachine(hostname) ? '127.0.0.1' : name,
          port: port || undefined,
          path: `${pathname}${search}`,
          headers: {
            host,
            accept: 'text/html,*/*',
            'user-agent': ownRequests.userAgentFor(purpose, host),
          },
          servername: protocol === 'https:' ? hostname : undefined,
          lookup: lookupPublic(lookup),
          agent: false,
          signal,
        },
        resolve,
      )
        .on('error', reject)
        .end();
    });
    return {
      kind: 'answered',
      url,
      status: response.statusCode ?? 0,
      headers: flatten(response.headers),
      body: await readBeginning(response, bodyBytes),
      durationMilliseconds: Math.round(performance.now() - began),
    };
  }
}

function readUrl(address: string): URL {
  const url = URL.parse(address);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new RefusedError(`'${address}' is no web address`);
  }
  if (url.protocol !== 'https:' && !isThisMachine(url.hostname)) {
    throw new RefusedError(`${url.origin} is neither https nor this machine`);
  }
  return url;
}

function followRedirect(url: URL, location: string): URL {
  const next = URL.parse(location, url);
  if (next?.hostname !== url.hostname) {
    throw new RefusedError(`it redirects to ${next?.origin ?? location}`);
  }
  return readUrl(next.href);
}

function isThisMachine(hostname: string): boolean {
  return hostname.endsWith('.localhost');
}

function flatten(headers: IncomingMessage['headers']) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

async function readBeginning(
  response: IncomingMessage,
  mostBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  if (mostBytes > 0) {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= mostBytes) break;
    }
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}

function lookupPublic(lookup: typeof lookupHost): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      if (!addresses.every(({ address }) => isPublic(address))) {
        return callback(refusalOf(hostname), '', 0);
      }
      if (options.all) return callback(null, addresses);
      const [{ address, family }] = addresses;
      return callback(null, address, family);
    });
  };
}

function refusalOf(name: string): RefusedError {
  return new RefusedError(`'${name}' leads to a private address`);
}

/** Takes IPv4 in the clothes of IPv6 for IPv4. */
function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}
