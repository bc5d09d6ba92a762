import { entityRefSchema } from '@forkyard/backend-kit';
import { z } from 'zod';

const DAY_MS = 24 * 60 * 60_000;
const LONGEST_RANGE_DAYS = 400;

const cursorSchema = z.string().max(1000).optional();
const limitSchema = (most: number) =>
  z.coerce.number().int().min(1).max(most).optional();
const daySchema = z.iso.date();

/** Query of `GET /entities/cost`. */
export const entitySchema = z.object({ entityRef: entityRefSchema });

/** Query of `GET /entities/daily` and `GET /entities/charges`. */
export const rangeSchema = z
  .object({
    entityRef: entityRefSchema,
    from: daySchema,
    to: daySchema,
    cursor: cursorSchema,
    limit: limitSchema(1000),
  })
  .refine(({ from, to }) => from <= to, {
    path: ['to'],
    message: "lies before 'from'",
  })
  .refine(
    ({ from, to }) =>
      Date.parse(to) - Date.parse(from) < LONGEST_RANGE_DAYS * DAY_MS,
    {
      path: ['from'],
      message: `lies more than ${LONGEST_RANGE_DAYS} days before 'to': ask for less at once`,
    },
  );

/** Query of `GET /groups/cost`. */
export const groupSchema = z.object({
  owner: entityRefSchema,
  cursor: cursorSchema,
  limit: limitSchema(100),
});

/** Query of `GET /bill`. */
export const billSchema = z.object({
  month: z
    .string()
    .regex(/^2\d{3}-(0[1-9]|1[0-2])$/, "must be a month such as '2026-11'")
    .optional(),
  cursor: cursorSchema,
  limit: limitSchema(1000),
});

/** Query of `GET /summaries`. */
export const summariesSchema = z.object({
  cursor: cursorSchema,
  limit: limitSchema(1000),
});

/** Body of `POST /refresh`. */
export const refreshSchema = z
  .object({ acceptShrunken: z.boolean().optional() })
  .default({});
