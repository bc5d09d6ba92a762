import { entityRefSchema } from '@forkyard/backend-kit';
import { z } from 'zod';

/** Query of what concerns one entity, and body of `POST /refresh`. */
export const entitySchema = z.object({ entityRef: entityRefSchema });

/** Path of one SLO. */
export const sloIdSchema = z.object({
  id: z
    .string()
    .max(600)
    .transform((id, context) => {
      const at = id.lastIndexOf('#');
      const parsed = entityRefSchema.safeParse(id.slice(0, at));
      const name = id.slice(at + 1);
      if (at > 0 && name && parsed.success) {
        return { entityRef: parsed.data, name };
      }
      context.addIssue({
        code: 'custom',
        message:
          "must be the id of an SLO such as 'component:default/shop#availability'",
      });
      return z.NEVER;
    }),
});

const timeSchema = z.iso.datetime({
  offset: true,
  error: "must be a time such as '2026-11-21T09:00:00Z'",
});
const environmentSchema = z.string().min(1).max(100);

/** Express gives one value of a repeated parameter as no list. */
function listOf<T extends z.ZodType>(schema: T, maximum: number) {
  return z
    .preprocess(
      value => (typeof value === 'string' ? [value] : value),
      z.array(schema).max(maximum),
    )
    .optional();
}

/** Query of `GET /traffic`. */
export const trafficSchema = z.object({
  entityRef: entityRefSchema,
  environment: environmentSchema.optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
});

/** Query of `GET /counts`. */
export const countsSchema = z.object({
  entityRef: entityRefSchema,
  environment: environmentSchema.optional(),
  from: timeSchema,
  to: timeSchema,
  deploymentId: listOf(z.string().min(1).max(300), 100),
  slowerThanMilliseconds: z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .positive()
    .max(86_400_000)
    .optional(),
});

const cursorSchema = z.string().max(1000).optional();

/** Query of `GET /alerts`. */
export const alertsSchema = z.object({
  entityRef: entityRefSchema.optional(),
  state: z.enum(['firing', 'resolved']).optional(),
  id: listOf(z.uuid({ error: 'must be the id of an alert' }), 100),
  cursor: cursorSchema,
  limit: z.coerce.number().int().min(1).max(100).optional(),
});

/** Query of `GET /summaries`. */
export const summariesSchema = z.object({
  cursor: cursorSchema,
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});
