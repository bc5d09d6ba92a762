import { entityRefSchema } from '@forkyard/backend-kit';
import { z } from 'zod';

/** A parameter that may be repeated. */
function listOf<T extends z.ZodType>(item: T, max: number) {
  return z
    .preprocess(
      value => (typeof value === 'string' ? [value] : value),
      z.array(item).max(max),
    )
    .optional();
}

const flag = z
  .enum(['true', 'false'])
  .optional()
  .transform(value => value === 'true');

const cursor = z.string().max(2000).optional();
const limit = z.coerce.number().int().min(1).max(100).optional();

const runbookPath = z
  .string()
  .min(1)
  .max(400)
  .regex(/\.md$/i, "must be the path of a Markdown file, 'runbooks/it.md'");

/** Query of `GET /alerts`. */
export const alertsQuerySchema = z.object({
  entityRef: entityRefSchema.optional(),
  owner: listOf(entityRefSchema, 200),
  state: listOf(z.enum(['firing', 'acknowledged', 'resolved']), 3),
  severity: z.enum(['page', 'ticket']).optional(),
  unassigned: flag,
  cursor,
  limit,
});

/** Path of one alert or run. */
export const idSchema = z.object({ id: z.uuid() });

/** Body of `POST /alerts/:id/resolve`. */
export const resolveSchema = z.strictObject({
  comment: z
    .string()
    .trim()
    .min(1, 'say why it is resolved')
    .max(2000)
    .refine(value => !value.includes('\0'), 'must be text'),
});

/** Query of `GET /runbooks`. */
export const runbooksQuerySchema = z.object({
  entityRef: entityRefSchema,
  refresh: flag,
});

/** Query of `GET /runbook`. */
export const runbookQuerySchema = z.object({
  entityRef: entityRefSchema,
  path: runbookPath,
});

/** Body of `POST /runs`. */
export const startRunSchema = z.strictObject({
  entityRef: entityRefSchema,
  runbookPath,
  runbookHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the hash that the runbook came with')
    .optional(),
  alertId: z.uuid().optional(),
  fromStep: z.number().int().min(0).max(1000).optional(),
});

/** Path of one step of a run. */
export const stepSchema = idSchema.extend({
  index: z.coerce.number().int().min(0).max(1000),
});

/** Body of `POST /runs/:id/steps/:index/continue`. */
export const continueSchema = z.strictObject({
  answer: z.string().max(100).optional(),
});

/** Query of `GET /runs`. */
export const runsQuerySchema = z.object({
  entityRef: entityRefSchema,
  alertId: z.uuid().optional(),
  runbookPath: runbookPath.optional(),
  state: listOf(
    z.enum(['running', 'waiting', 'succeeded', 'failed', 'canceled']),
    5,
  ),
  cursor,
  limit,
});

/** Query of `GET /summaries`. */
export const summariesQuerySchema = z.object({
  cursor,
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});
