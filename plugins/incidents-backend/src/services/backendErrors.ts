import { ResponseError } from '@backstage/errors';

/** Tells whether the answer is a definite no, so that nothing was done. */
export function isRefusal(error: Error): boolean {
  const status = statusOf(error);
  return (
    status !== undefined && status >= 400 && status < 500 && status !== 408
  );
}

const STATUS_BY_NAME: Record<string, number> = {
  ConflictError: 409,
  InputError: 400,
  NotAllowedError: 403,
  NotFoundError: 404,
};

/** HTTP status of a backend's answer, or of the error we would give for it. */
export function statusOf(error: Error): number | undefined {
  return error instanceof ResponseError || error.name === 'ResponseError'
    ? (error as ResponseError).statusCode
    : STATUS_BY_NAME[error.name];
}

/** The sentence of the other backend, without the line of its HTTP client. */
export function messageOf(error: Error): string {
  return error.name === 'ResponseError'
    ? ((error as ResponseError).body?.error?.message ?? error.message)
    : error.message;
}
