import { z } from 'zod';

/**
 * PostgreSQL's text has no place for NUL, its jsonb none for half a character,
 * which the cut may leave as well as the sender.
 */
const text = (max: number) =>
  z.string().transform(value =>
    value
      .replaceAll('\0', '')
      .slice(0, max)
      .replace(/\p{Surrogate}/gu, '\ufffd'),
  );

const MAX_LABELS = 100;

const pairs = z
  .record(text(200), text(2000))
  .default({})
  .transform(value =>
    Object.fromEntries(Object.entries(value).slice(0, MAX_LABELS)),
  );

/** Years that every calendar on the way knows. */
const time = z.iso
  .datetime({ offset: true })
  .transform(value => new Date(value))
  .refine(
    value => value.getUTCFullYear() > 1970 && value.getUTCFullYear() < 3000,
    'must be a time between 1971 and 2999',
  );

/** Pages of alerts are opened in browsers: nothing but http(s). */
const page = z
  .string()
  .max(2000)
  .refine(value => /^https?:$/.test(URL.parse(value)?.protocol ?? ''))
  .optional()
  .catch(undefined);

/** The group; its alerts are judged one by one. Unknown fields are ignored. */
export const webhookSchema = z.object({
  version: z.literal('4'),
  alerts: z.array(z.unknown()).min(1).max(5000),
});

/** One alert of a group. */
export const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: pairs,
  annotations: pairs,
  startsAt: time,
  // '0001-01-01T00:00:00Z' while it fires.
  endsAt: time.optional().catch(undefined),
  generatorURL: page,
  fingerprint: z
    .string()
    .regex(/^[\w-]{1,100}$/)
    .optional(),
});

export type AlertmanagerAlert = z.output<typeof alertSchema>;
