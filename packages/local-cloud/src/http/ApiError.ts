/** Carries an error answer in the words of the API; the API's shape is given to it by `ErrorShape`. */
export class ApiError extends Error {
  readonly status: number;
  /** A machine-readable code, where the API has one. */
  readonly code?: string;
  /** Further members of the body. */
  readonly details: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    options: {
      code?: string;
      details?: Record<string, unknown>;
      headers?: Record<string, string>;
    } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = options.code;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

/** Turns an error into the body that the imitated API would send. */
export type ErrorShape = (error: ApiError) => unknown;

/** Reads any thrown value as an answer; what nobody planned is a 500 without its details. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  if (error instanceof Error && 'status' in error && 'type' in error) {
    if (error.type === 'entity.too.large') {
      return new ApiError(413, 'Request body is too large', {
        code: 'body_too_large',
      });
    }
    if (typeof error.status === 'number' && error.status < 500) {
      return new ApiError(400, 'Problems parsing JSON', {
        code: 'bad_request',
      });
    }
  }
  return new ApiError(500, 'Internal error of local-cloud', {
    code: 'internal_server_error',
  });
}
