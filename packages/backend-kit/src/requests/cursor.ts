import { InputError } from '@backstage/errors';
import type { z } from 'zod';

/**
 * Encodes the position in a list as an opaque string.
 */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/**
 * Decodes what {@link encodeCursor} gave. Cursors come back from outside, so
 * the schema must be as strict as for any other input.
 */
export function decodeCursor<TSchema extends z.ZodType>(
  schema: TSchema,
  cursor: string,
): z.output<TSchema> {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    position = undefined;
  }
  const result = schema.safeParse(position);
  if (!result.success) {
    throw new InputError(
      'The cursor is not one that this list gave: begin again without a cursor',
    );
  }
  return result.data;
}
