import { ANNOTATION_SLO_RUNBOOK } from '@forkyard/plugin-slo-common';
import { z } from 'zod';

/*
 * The objects of OpenSLO v1 as far as they are used
 * (https://github.com/OpenSLO/OpenSLO, "Specification"). What the specification
 * allows and we cannot evaluate is refused by name, so that nobody believes in
 * an SLO that is not watched.
 */

/** Longer than hour roll-ups are kept, a window could not be filled. */
export const MAX_WINDOW_DAYS = 35;

const text = (max: number) => z.string().min(1).max(max);

const metadataSchema = z.object({
  name: z
    .string()
    .regex(
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      'must be 1 to 63 lower case letters, digits and hyphens',
    ),
  displayName: text(200).optional(),
  annotations: z
    .looseObject({
      [ANNOTATION_SLO_RUNBOOK]: z
        .string()
        .max(300)
        .regex(
          /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*\.md$/,
          'must be the path of a Markdown file in the repository',
        )
        .optional(),
    })
    .optional(),
});

export const objectSchema = z.looseObject({
  apiVersion: z.literal('openslo/v1', {
    error: "must be 'openslo/v1', the only version that is understood",
  }),
  kind: z.enum(
    [
      'SLO',
      'SLI',
      'Service',
      'DataSource',
      'AlertPolicy',
      'AlertCondition',
      'AlertNotificationTarget',
    ],
    { error: "must be a kind of OpenSLO such as 'SLO'" },
  ),
});

const vercelRequests = z
  .strictObject({
    signal: z.literal('requests'),
    statusBelow: z
      .literal(500, {
        error: 'must be 500: requests are counted as good or answered with 5xx',
      })
      .optional(),
  })
  .describe('requests');

const vercelDurations = z
  .strictObject({
    signal: z.literal('durations'),
    atMostMilliseconds: z
      .number()
      .int()
      .min(1)
      .max(600_000, { error: 'must be a whole number from 1 to 600000' })
      .optional(),
  })
  .describe('durations');

const metricSourceSchema = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('VercelDrain'),
      spec: z.discriminatedUnion('signal', [vercelRequests, vercelDurations], {
        error: "must have the signal 'requests' or 'durations'",
      }),
    }),
    z.object({
      type: z.literal('Prometheus'),
      spec: z.object({ query: text(4000) }),
    }),
  ],
  { error: "must be 'VercelDrain' or 'Prometheus'" },
);

const metricSchema = z.object({ metricSource: metricSourceSchema });

export const indicatorSpecSchema = z.object({
  thresholdMetric: z
    .undefined({ error: 'is not supported: use a ratioMetric' })
    .optional(),
  ratioMetric: z.object(
    {
      counter: z.boolean().optional(),
      good: metricSchema.optional(),
      bad: metricSchema.optional(),
      total: metricSchema,
      raw: z
        .undefined({ error: 'is not supported: use good or bad, and total' })
        .optional(),
    },
    { error: 'must say what is good and what is counted in all' },
  ),
});

export const sliSchema = z.object({
  metadata: metadataSchema,
  spec: indicatorSpecSchema,
});

const durationSchema = z
  .string()
  .regex(/^[1-9]\d{0,2}[dw]$/, "must be days or weeks such as '28d' or '4w'")
  .transform(value => parseInt(value, 10) * (value.endsWith('w') ? 7 : 1))
  .refine(days => days <= MAX_WINDOW_DAYS, {
    error: `must be at most ${MAX_WINDOW_DAYS} days, which is how long requests are remembered`,
  });

const objectiveSchema = z
  .object({
    displayName: text(200).optional(),
    target: z.number().gt(0).lt(1).optional(),
    targetPercent: z.number().gt(0).lt(100).optional(),
  })
  .refine(
    ({ target, targetPercent }) =>
      (target === undefined) !== (targetPercent === undefined),
    { error: 'must have either a target or a targetPercent' },
  )
  .transform(
    ({ target, targetPercent }) => target ?? Number(targetPercent) / 100,
  );

export const sloSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    description: text(2000).optional(),
    indicator: z.object({ spec: indicatorSpecSchema }).optional(),
    indicatorRef: z.string().optional(),
    timeWindow: z
      .array(
        z.object({
          duration: durationSchema,
          isRolling: z.literal(true, {
            error: 'must be true: calendar windows are not supported',
          }),
        }),
      )
      .length(1, { error: 'must have exactly one window' }),
    budgetingMethod: z.literal('Occurrences', {
      error: "must be 'Occurrences', the only method that is supported",
    }),
    objectives: z
      .array(objectiveSchema)
      .length(1, { error: 'must have exactly one objective' }),
  }),
});
