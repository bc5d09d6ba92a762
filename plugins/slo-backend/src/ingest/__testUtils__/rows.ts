import { OwnRequests } from '@forkyard/backend-kit';
import { DrainBatch } from '../DrainBatch';
import { readLogBatch } from '../readLogBatch';
import { readTraceBatch } from '../readTraceBatch';

/** One row of a log drain, as Vercel documents it. */
export function logRow(options: {
  requestId?: string;
  status?: number;
  at: number;
  projectId?: string;
  deploymentId?: string;
  environment?: string;
  path?: string;
  userAgent?: string;
  more?: object;
}): Record<string, unknown> {
  const { at, status = 200, path = '/things' } = options;
  return {
    id: `${at}-row`,
    deploymentId: options.deploymentId ?? 'dpl_1',
    projectId: options.projectId ?? 'prj_1',
    source: 'lambda',
    host: 'shop-1.vercel.app',
    timestamp: at,
    level: 'info',
    path,
    statusCode: status,
    requestId: options.requestId,
    environment: options.environment ?? 'production',
    proxy: {
      timestamp: at,
      method: 'GET',
      host: 'shop.test',
      path: `${path}?page=1`,
      statusCode: status,
      userAgent: [options.userAgent ?? 'curl'],
    },
    ...options.more,
  };
}

/** One server span, alone in its export. */
export function traceExport(options: {
  at: number;
  durationMs: number;
  traceId: string;
  deploymentId?: string;
  projectId?: string;
  span?: object;
}): object {
  const { at, durationMs, traceId } = options;
  const start = BigInt(at) * 1_000_000n;
  const text = (key: string, stringValue: string) => ({
    key,
    value: { stringValue },
  });
  return {
    resourceSpans: [
      {
        resource: {
          attributes: [
            text('service.name', 'shop'),
            text('vercel.projectId', options.projectId ?? 'prj_1'),
            text('vercel.deploymentId', options.deploymentId ?? 'dpl_1'),
            text('deployment.environment.name', 'production'),
          ],
        },
        scopeSpans: [
          {
            spans: [
              {
                traceId,
                spanId: traceId.slice(0, 16),
                name: 'GET /things',
                kind: 2,
                startTimeUnixNano: String(start),
                endTimeUnixNano: String(
                  start + BigInt(Math.round(durationMs * 1e6)),
                ),
                attributes: [text('url.path', '/things')],
                ...options.span,
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Those of the portal under test. */
export const ownRequests = new OwnRequests('secret');

const options = { ignoredPaths: new Set(['/healthz']), ownRequests };

export function logBatch(rows: object[]): DrainBatch {
  const body = Buffer.from(rows.map(row => JSON.stringify(row)).join('\n'));
  return body.length > 0
    ? readLogBatch([body], options)
    : new DrainBatch('logs');
}

export function traceBatch(exported: object): DrainBatch {
  return readTraceBatch([Buffer.from(JSON.stringify(exported))], options);
}
