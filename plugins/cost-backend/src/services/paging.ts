import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import { z } from 'zod';

/** Where a page of lines ends. */
export const linePositionSchema = z.object({
  amount: z.string().regex(/^-?\d{1,15}\.\d\d$/),
  key: z.string(),
});

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

/**
 * Cuts a page out of lines to the cent, the highest first. An amount that is
 * unknown stands with those of nothing.
 */
export function pageOfLines<T extends { amount?: string }>(
  lines: T[],
  options: {
    after?: z.output<typeof linePositionSchema>;
    limit: number;
    keyOf: (line: T) => string;
  },
): { items: T[]; nextCursor?: string } {
  const { after, limit, keyOf } = options;
  const positioned = lines
    .map(line => ({
      line,
      position: { amount: line.amount ?? '0.00', key: keyOf(line) },
    }))
    .sort((a, b) => compare(a.position, b.position))
    .filter(({ position }) => !after || compare(after, position) < 0);
  const page = toPage(positioned, limit, ({ position }) => position);
  return { ...page, items: page.items.map(({ line }) => line) };
}

type Position = z.output<typeof linePositionSchema>;

/** Amounts to the cent are exact as numbers of cents. */
function compare(a: Position, b: Position): number {
  const difference = toNumberOfCents(b.amount) - toNumberOfCents(a.amount);
  if (difference !== 0) return difference;
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

function toNumberOfCents(amount: string): number {
  return Number(amount.replace('.', ''));
}
