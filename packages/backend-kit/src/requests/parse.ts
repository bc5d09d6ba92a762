import { InputError } from '@backstage/errors';
import type { z } from 'zod';

/**
 * Validates input from outside, with all its faults in one `InputError`.
 */
export function parse<TSchema extends z.ZodType>(
  schema: TSchema,
  value: unknown,
): z.output<TSchema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length ? `'${path.join('.')}': ${message}` : message,
  );
  throw new InputError(`Invalid input: ${faults.join('; ')}`);
}
