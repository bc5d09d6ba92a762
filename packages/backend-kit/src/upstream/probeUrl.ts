import { lookup as lookupHost } from 'node:dns';
import {
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { describeConnectionError } from './callVercel';

export interface ProbeOptions {
  /** For all redirects together. */
  timeoutMs: number;
  userAgent: string;
  /** How many redirects on the same host are followed; default none. */
  maxRedirects?: number;
  /** How much of the body is read; default nothing. */
  bodyBytes?: number;
  signal?: AbortSignal;
  /** Replaces the resolver of the system. */
  lookup?: typeof lookupHost;
}

/** What a URL answered, or why not. Reasons are clauses without full stop. */
export type ProbeAnswer =
  | {
      kind: 'answered';
      /** After redirects. */
      url: URL;
      status: number;
      headers: IncomingHttpHeaders;
      /** The beginning of the body. */
      body: string;
      durationMs: number;
    }
  /** It was not asked, or not to the end, and will not be when asked again. */
  | { kind: 'refused'; reason: string }
  | { kind: 'silent'; reason: string };

class RefusedError extends Error {}

/**
 * Asks a URL from outside, with GET.
 *
 * It may not lead into our own network: only public addresses are connected to,
 * and they are judged after the name was resolved, so that no second answer of a
 * resolver counts. `*.localhost` is this machine by its name (RFC 6761), which
 * browsers know and Node's resolver does not everywhere. Redirects may neither
 * leave the host nor https.
 *
 * Throws only the reason of `signal`.
 */
export async function probeUrl(
  address: string,
  options: ProbeOptions,
): Promise<ProbeAnswer> {
  const { timeoutMs, signal, maxRedirects = 0 } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    let url = readUrl(address);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await ask(url, { ...options, signal: either });
      const { location } = answer.headers;
      const isRedirect = answer.status >= 300 && answer.status < 400;
      if (!isRedirect || !location || maxRedirects === 0) return answer;
      if (redirects === maxRedirects) {
        throw new RefusedError(`it redirects more than ${maxRedirects} times`);
      }
      url = followRedirect(url, location);
    }
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

function readUrl(address: string): URL {
  const url = URL.parse(address);
  if (!url || !isWeb(url)) {
    throw new RefusedError(`'${address}' is no web address`);
  }
  return url;
}

function followRedirect(url: URL, location: string): URL {
  const next = URL.parse(location, url);
  if (!next || !isWeb(next)) {
    throw new RefusedError('it redirects to what is no web address');
  }
  if (next.hostname !== url.hostname) {
    throw new RefusedError(`it redirects to another host, ${next.origin}`);
  }
  if (url.protocol === 'https:' && next.protocol !== 'https:') {
    throw new RefusedError(`it redirects from https to ${next.origin}`);
  }
  return next;
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

async function ask(
  url: URL,
  options: ProbeOptions,
): Promise<ProbeAnswer & { kind: 'answered' }> {
  const { protocol, hostname, host, port, pathname, search } = url;
  const name = hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) && !isPublic(name)) throw refusalOf(name);
  const isHere = name.endsWith('.localhost');
  const send = protocol === 'https:' ? requestHttps : requestHttp;
  const began = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    send(
      {
        host: isHere ? '127.0.0.1' : name,
        port: port || undefined,
        path: `${pathname}${search}`,
        headers: { host, accept: '*/*', 'user-agent': options.userAgent },
        servername: protocol === 'https:' ? hostname : undefined,
        lookup: lookupPublic(options.lookup ?? lookupHost),
        agent: false,
        signal: options.signal,
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
    headers: response.headers,
    body: await readBeginning(response, options.bodyBytes ?? 0),
    durationMs: Math.round(performance.now() - began),
  };
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
