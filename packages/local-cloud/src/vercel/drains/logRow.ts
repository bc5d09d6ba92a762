import type { ServedRequest } from '../../gateway';
import type { DrainSource } from '../model';
import {
  findRequestId,
  requestIdOf,
  traceOf,
  type DrainEntry,
  type DrainLine,
  type DrainOrigin,
} from './DrainEntry';

const REGION = 'dev1';

const SOURCES: Record<ServedRequest['kind'], DrainSource> = {
  process: 'lambda',
  static: 'static',
  redirect: 'redirect',
  // The documents name no source for the platform's own pages.
  gateway: 'static',
};

/** Tells where the row of an entry comes from, as filters of drains have it. */
export function sourceOf(entry: DrainEntry): DrainSource {
  return 'request' in entry ? SOURCES[entry.request.kind] : entry.line.source;
}

/**
 * Writes a row of a log drain.
 *
 * Members as https://vercel.com/docs/drains/reference/logs lists them (read
 * 2026-11). Unproven against the service: the wording of `message`, and the
 * level of a request (here 5xx is an error and 4xx a warning).
 */
export function logRow(entry: DrainEntry): object {
  return 'request' in entry
    ? requestRow(entry.id, entry.origin, entry.request)
    : lineRow(entry.id, entry.origin, entry.line);
}

function requestRow(id: string, origin: DrainOrigin, request: ServedRequest) {
  const requestId = requestIdOf(request.id);
  const { traceId, spanId } = traceOf(requestId);
  const dynamic = request.kind === 'process';
  return {
    id,
    timestamp: request.at,
    source: SOURCES[request.kind],
    level: levelOf(request.status),
    message:
      request.error ??
      `[${request.method}] ${request.path} status=${request.status}`,
    ...common(origin, request),
    path: request.path,
    ...(dynamic && { entrypoint: 'index', executionRegion: REGION }),
    requestId,
    // Documented: -1 when the function gave no answer; what the client got is in `proxy`.
    statusCode:
      request.error === 'NO_RESPONSE_FROM_FUNCTION' ? -1 : request.status,
    traceId,
    spanId,
    'trace.id': traceId,
    'span.id': spanId,
    proxy: {
      timestamp: request.at,
      method: request.method,
      scheme: 'http',
      host: request.host,
      path: request.path + request.query,
      userAgent: request.userAgent === undefined ? [] : [request.userAgent],
      referer: request.referer ?? '',
      region: REGION,
      statusCode: request.status,
      clientIp: request.clientAddress,
      responseByteSize: request.responseBytes,
      pathType: dynamic ? 'func' : request.kind,
      vercelId: request.id,
      vercelCache: dynamic ? 'MISS' : 'HIT',
      ...(dynamic && { lambdaRegion: REGION }),
    },
  };
}

function lineRow(id: string, origin: DrainOrigin, line: DrainLine) {
  return {
    id,
    timestamp: line.at,
    source: line.source,
    level: line.stream === 'stdout' ? 'info' : 'error',
    type: line.stream === 'stdout' ? 'stdout' : 'stderr',
    message: line.text,
    ...common(origin, line),
    ...(line.source === 'build'
      ? { buildId: 'bld_local' }
      : {
          entrypoint: 'index',
          executionRegion: REGION,
          requestId: findRequestId(line.text),
        }),
  };
}

function common(
  origin: DrainOrigin,
  of: { projectId: string; deploymentId: string },
) {
  return {
    projectId: of.projectId,
    projectName: origin.projectName,
    deploymentId: of.deploymentId,
    environment: origin.environment,
    branch: origin.branch,
    host: origin.host,
  };
}

function levelOf(status: number): 'info' | 'warning' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warning' : 'info';
}
