import type { Drain } from '../model';
import { requestIdOf, type DrainEntry } from './DrainEntry';
import { sourceOf } from './logRow';

/** Tells whether a drain wants an entry: its projects, filter and sampling. */
export function wants(drain: Drain, entry: DrainEntry): boolean {
  const { projectIds, filter } = drain;
  const of = 'request' in entry ? entry.request : entry.line;
  return (
    (drain.schema === 'log' || hasSpan(entry)) &&
    (projectIds?.includes(of.projectId) ?? true) &&
    (filter.projectIds?.includes(of.projectId) ?? true) &&
    (filter.environments?.includes(entry.origin.environment) ?? true) &&
    (drain.schema === 'trace' ||
      (filter.sources?.includes(sourceOf(entry)) ?? true)) &&
    isSampled(drain, entry)
  );
}

/** An upgraded connection lives for as long as somebody looks at a page: no latency. */
function hasSpan(entry: DrainEntry): boolean {
  return 'request' in entry && entry.request.status !== 101;
}

/**
 * Decides by the request's id, which is random, so that all rows of a request
 * and its span share one fate. What no rule fits is kept; that is unproven.
 */
function isSampled({ sampling }: Drain, entry: DrainEntry): boolean {
  const path = 'request' in entry ? entry.request.path : '';
  const rule = sampling.find(
    ({ env, requestPath }) =>
      (env ?? entry.origin.environment) === entry.origin.environment &&
      path.startsWith(requestPath ?? ''),
  );
  if (!rule) return true;
  const share =
    'request' in entry
      ? parseInt(requestIdOf(entry.request.id).slice(0, 8), 16) / 2 ** 32
      : Math.random();
  return share < rule.rate;
}
