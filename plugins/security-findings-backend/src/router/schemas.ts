import { entityRefSchema } from '@forkyard/backend-kit';
import {
  FINDING_SEVERITIES,
  FINDING_SOURCES,
  FINDING_STATES,
} from '@forkyard/plugin-security-findings-common';
import { z } from 'zod';

/** One value or several, as query parameters are repeated. */
function listOf<T extends readonly [string, ...string[]]>(values: T) {
  return z
    .preprocess(
      value => (typeof value === 'string' ? [value] : value),
      z
        .array(z.enum(values))
        .min(1)
        .max(10)
        .transform(list => [...new Set(list)]),
    )
    .optional();
}

const flagSchema = z
  .enum(['true', 'false'])
  .optional()
  .transform(value => value === 'true');

const cursorSchema = z.string().max(1000).optional();

/** Query of `GET /findings`. */
export const listQuerySchema = z.object({
  entityRef: entityRefSchema,
  state: listOf(FINDING_STATES),
  severity: listOf(FINDING_SEVERITIES),
  source: listOf(FINDING_SOURCES),
  overdue: flagSchema,
  search: z
    .string()
    .trim()
    .max(200)
    .optional()
    .transform(value => value || undefined),
  cursor: cursorSchema,
  limit: z.coerce.number().int().min(1).max(100).optional(),
});

/** Path of one finding. */
export const idSchema = z.object({ id: z.uuid() });

/** Body of `PUT /findings/:id/waiver`. */
export const waiverSchema = z.object({
  reason: z.string().max(10_000),
  expiresAt: z.iso.datetime({ offset: true }),
});

/** Query of `GET /summary` and body of `POST /refresh`. */
export const entitySchema = z.object({ entityRef: entityRefSchema });

/** Query of `GET /summaries`. */
export const summariesQuerySchema = z.object({
  cursor: cursorSchema,
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});

/** Query of `POST /reports/sarif`. */
export const reportQuerySchema = z.object({
  entityRef: entityRefSchema,
  category: z
    .string()
    .regex(
      /^[\w.:/-]{1,100}$/,
      'must have 1 to 100 letters, digits or any of . : / - _',
    ),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/i, 'must be the id of a commit')
    .transform(value => value.toLowerCase())
    .optional(),
  confirm: flagSchema,
});
