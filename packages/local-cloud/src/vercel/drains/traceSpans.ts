import type { ServedRequest } from '../../gateway';
import {
  requestIdOf,
  traceOf,
  type DrainEntry,
  type DrainOrigin,
} from './DrainEntry';

/** `SPAN_KIND_SERVER` of OTLP; enumerations are numbers in its JSON encoding. */
const SERVER = 2;
const STATUS_ERROR = 2;

/**
 * Writes the spans of served requests as an OTLP/HTTP export in JSON.
 *
 * `vercel.projectId` and `vercel.deploymentId` of the resource are documented
 * (https://vercel.com/docs/drains/reference/traces, read 2026-11). The page's
 * example has `"kind": "server"`, which is no OTLP; this sends what OTLP says.
 * Unproven: the attributes of the platform's own spans, which the page does not
 * list; these are OpenTelemetry's semantic conventions for HTTP servers.
 */
export function traceExport(entries: DrainEntry[]): object {
  const groups = new Map<string, { resource: object; spans: object[] }>();
  for (const entry of entries) {
    if (!('request' in entry)) continue;
    const { request, origin } = entry;
    const group = groups.get(request.deploymentId) ?? {
      resource: describeResource(request, origin),
      spans: [],
    };
    group.spans.push(describeSpan(request));
    groups.set(request.deploymentId, group);
  }
  return {
    resourceSpans: [...groups.values()].map(({ resource, spans }) => ({
      resource,
      scopeSpans: [{ scope: { name: 'vercel' }, spans }],
    })),
  };
}

function describeResource(request: ServedRequest, origin: DrainOrigin) {
  return {
    attributes: [
      text('service.name', origin.projectName),
      text('vercel.projectId', request.projectId),
      text('vercel.deploymentId', request.deploymentId),
      text('deployment.environment.name', origin.environment),
      text('cloud.region', 'dev1'),
    ],
  };
}

function describeSpan(request: ServedRequest) {
  const start = BigInt(request.at) * 1_000_000n;
  const end = start + BigInt(Math.round(request.durationMillis * 1e6));
  const { traceId, spanId } = traceOf(requestIdOf(request.id));
  return {
    traceId,
    spanId,
    name: `${request.method} ${request.path}`,
    kind: SERVER,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: [
      text('http.request.method', request.method),
      text('url.path', request.path),
      text('url.scheme', 'http'),
      text('server.address', request.host.replace(/:\d+$/, '')),
      // OTLP writes integers of 64 bits as text.
      {
        key: 'http.response.status_code',
        value: { intValue: String(request.status) },
      },
      ...(request.error ? [text('error.type', request.error)] : []),
    ],
    status: request.status >= 500 ? { code: STATUS_ERROR } : {},
  };
}

function text(key: string, value: string) {
  return { key, value: { stringValue: value } };
}
