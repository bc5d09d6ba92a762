import { ApiError } from '../../http';

/** Names what is wrong with one member of a request. */
export interface FieldError {
  resource: string;
  field: string;
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'custom';
  message?: string;
}

export function notFound(): ApiError {
  return new ApiError(404, 'Not Found');
}

export function validationFailed(
  errors: FieldError[],
  message = 'Validation Failed',
): ApiError {
  return new ApiError(422, message, { details: { errors } });
}

export function invalidField(
  resource: string,
  field: string,
  message: string,
): ApiError {
  return validationFailed([{ resource, field, code: 'custom', message }]);
}

export function emptyRepository(): ApiError {
  return new ApiError(409, 'Git Repository is empty.');
}
