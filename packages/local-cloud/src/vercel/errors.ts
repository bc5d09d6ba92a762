import { z } from 'zod';
import { ApiError } from '../http';

/** Writes an error as the API does. */
export function vercelErrorShape(error: ApiError) {
  return {
    error: {
      ...error.details,
      code: error.code ?? 'internal_server_error',
      message: error.message,
    },
  };
}

export function badRequest(message: string, code = 'bad_request'): ApiError {
  return new ApiError(400, message, { code });
}

export function forbidden(message: string): ApiError {
  return new ApiError(403, message, { code: 'forbidden' });
}

export function notFound(message: string, code = 'not_found'): ApiError {
  return new ApiError(404, message, { code });
}

export function conflict(
  message: string,
  code = 'conflict',
  details?: Record<string, unknown>,
): ApiError {
  return new ApiError(409, message, { code, details });
}

export function unprocessable(
  message: string,
  code = 'unprocessable_entity',
): ApiError {
  return new ApiError(422, message, { code });
}

/** Says that a limit over time is used up, and when it is not any more. */
export function rateLimited(message: string, retryAfterSeconds: number) {
  return new ApiError(429, message, {
    code: 'rate_limited',
    headers: { 'retry-after': String(retryAfterSeconds) },
    details: { limit: { reset: retryAfterSeconds } },
  });
}

/** Reads a body or query; what is wrong with it is a 400 in the API's words. */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue.path.join('.') || 'body';
  throw badRequest(`Invalid request: \`${path}\` ${issue.message}.`);
}
