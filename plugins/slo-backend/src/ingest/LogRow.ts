/** What is read of a row; https://vercel.com/docs/drains/reference/logs. */
export interface LogRow {
  source?: unknown;
  timestamp?: unknown;
  projectId?: unknown;
  deploymentId?: unknown;
  environment?: unknown;
  requestId?: unknown;
  /** The same as in the spans of the request. */
  traceId?: unknown;
  statusCode?: unknown;
  path?: unknown;
  /** Documented as that of the request, and earlier of the deployment. */
  host?: unknown;
  proxy?: {
    timestamp?: unknown;
    statusCode?: unknown;
    path?: unknown;
    /** Of the request. */
    host?: unknown;
    userAgent?: unknown;
  };
}
