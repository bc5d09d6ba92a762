import { z } from 'zod';

/** A query parameter that may be given once, often or not at all. */
export function listOf<TItem extends z.ZodType>(item: TItem) {
  return z
    .preprocess(
      value => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(item).max(50),
    )
    .optional();
}

export const pageSchema = {
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
};
