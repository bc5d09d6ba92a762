import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import type { z } from 'zod';

/**
 * Cuts a page out of rows that were asked for with one more than the limit.
 */
export function toPage<T>(
  rows: T[],
  limit: number,
  positionOf: (row: T) => unknown,
): { items: T[]; nextCursor?: string } {
  const items = rows.slice(0, limit);
  return {
    items,
    nextCursor:
      rows.length > limit ? encodeCursor(positionOf(items.at(-1)!)) : undefined,
  };
}

/** Reads a cursor of this list, when there is one. */
export function toPosition<TSchema extends z.ZodType>(
  schema: TSchema,
  cursor: string | undefined,
): z.output<TSchema> | undefined {
  return cursor === undefined ? undefined : decodeCursor(schema, cursor);
}
