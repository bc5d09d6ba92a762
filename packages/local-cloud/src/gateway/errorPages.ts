import type { ServerResponse } from 'node:http';

/** Why the gateway answers instead of a deployment. */
export interface GatewayError {
  status: 404 | 405 | 499 | 500 | 502 | 503 | 504 | 508;
  code: string;
  message: string;
  /** Seconds after which another try makes sense. */
  retryAfterSeconds?: number;
}

export const DEPLOYMENT_NOT_FOUND: GatewayError = {
  status: 404,
  code: 'DEPLOYMENT_NOT_FOUND',
  message: 'The deployment could not be found.',
};

export const DEPLOYMENT_PAUSED: GatewayError = {
  status: 503,
  code: 'DEPLOYMENT_PAUSED',
  message: 'This deployment is temporarily paused.',
};

export const DEPLOYMENT_NOT_READY: GatewayError = {
  status: 503,
  code: 'DEPLOYMENT_NOT_READY',
  message: 'This deployment is being built.',
  retryAfterSeconds: 2,
};

export const DEPLOYMENT_FAILED: GatewayError = {
  status: 404,
  code: 'DEPLOYMENT_FAILED',
  message: 'This deployment failed to build and cannot be served.',
};

export const INVOCATION_FAILED: GatewayError = {
  status: 500,
  code: 'FUNCTION_INVOCATION_FAILED',
  message: 'The deployment could not be started.',
};

export const NO_RESPONSE: GatewayError = {
  status: 502,
  code: 'NO_RESPONSE_FROM_FUNCTION',
  message: 'The deployment broke off without an answer.',
};

export const TIMEOUT: GatewayError = {
  status: 504,
  code: 'FUNCTION_INVOCATION_TIMEOUT',
  message: 'The deployment took too long to answer.',
};

export const CLIENT_CLOSED: GatewayError = {
  status: 499,
  code: 'CLIENT_CLOSED_REQUEST',
  message: 'The client left before the answer.',
};

export const UNAVAILABLE: GatewayError = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'The deployment cannot be reached at the moment.',
  retryAfterSeconds: 2,
};

/** Sends an error page, in the style of the platform. */
export function sendError(
  response: ServerResponse,
  error: GatewayError,
  requestId: string,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = [error.message, '', error.code, '', requestId, ''].join('\n');
  response.writeHead(error.status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-vercel-error': error.code,
    ...(error.retryAfterSeconds && {
      'retry-after': String(error.retryAfterSeconds),
    }),
  });
  response.end(body);
}
