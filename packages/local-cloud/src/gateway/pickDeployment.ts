import type { IncomingMessage } from 'node:http';

const BUCKETS = 10_000;
const COOKIE_SECONDS = 30 * 24 * 3600;

/** A share of a name's visitors that another deployment gets. */
export interface TrafficSplit<D> {
  /** Names the split; buckets of another one are not taken over. */
  id: string;
  cookieName: string;
  /** 0 to 100. */
  percentage: number;
  /** Looked up only for who gets it. */
  findCanary(): D | undefined;
  /** Whether answers of the canary name it in a header. */
  announcesCanary: boolean;
}

/** Where a host name leads. */
export interface Destination<D> {
  deployment: D;
  split?: TrafficSplit<D>;
}

/** Who answers a request, and headers that its answer must have. */
export interface Picked<D> {
  deployment: D;
  headers?: Record<string, string>;
}

/**
 * Decides which deployment answers a request to a host name.
 *
 * A visitor keeps a random bucket in a cookie, and the lowest buckets belong to
 * the canary: who was among 5 % is among 25 % too. A client that keeps no
 * cookies draws a new bucket each time, so that a load generator on this
 * machine is split as its many visitors would be.
 */
export function pickDeployment<D extends { id: string }>(
  { deployment, split }: Destination<D>,
  request: IncomingMessage,
): Picked<D> {
  if (!split) return { deployment };
  const kept = readBucket(request.headers.cookie, split);
  const bucket =
    forcedBucket(request.url) ?? kept ?? Math.floor(Math.random() * BUCKETS);
  const headers: Record<string, string> = {};
  if (bucket !== kept) {
    headers['set-cookie'] =
      `${split.cookieName}=${split.id}.${bucket}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax`;
  }
  // Bucket -1 is the canary's even at 0 %, the last one never before 100 %.
  const canary =
    bucket < (split.percentage * BUCKETS) / 100
      ? split.findCanary()
      : undefined;
  if (canary && split.announcesCanary) {
    headers['x-vercel-canary-id'] = canary.id;
  }
  return { deployment: canary ?? deployment, headers };
}

/** The bucket that the visitor has from an earlier answer of the same split. */
function readBucket(
  cookies: string | undefined,
  { cookieName, id }: TrafficSplit<unknown>,
): number | undefined {
  const start = `${cookieName}=${id}.`;
  const found = cookies
    ?.split(';')
    .map(cookie => cookie.trim())
    .find(cookie => cookie.startsWith(start));
  const text = found?.slice(start.length) ?? '';
  if (!/^(-1|\d{1,5})$/.test(text)) return undefined;
  const bucket = Number(text);
  return bucket <= BUCKETS ? bucket : undefined;
}

/** The query parameters by which a visitor can choose, as documented. */
function forcedBucket(url = ''): number | undefined {
  const mark = url.indexOf('vcrrForce');
  if (mark < 0) return undefined;
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  if (query.get('vcrrForceStable') === 'true') return BUCKETS;
  return query.get('vcrrForceCanary') === 'true' ? -1 : undefined;
}
