import { z } from 'zod';

const environment = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w.-]+$/, 'must be the name of an environment')
  .default('production');

/** Asked for at the entity's own URL; anything that could lead elsewhere is refused. */
const path = z
  .string()
  .max(500)
  .regex(
    /^\/(?![/\\])[^\s\\]*$/,
    "must be a path at the entity's own URL such as '/healthz'",
  );

const seconds = (max: number) => z.number().int().min(1).max(max);

const title = z.string().min(1).max(200).optional();

const option = z.string().min(1).max(100);

/** What the YAML of a step may hold. */
export const stepSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http-check'),
    title,
    environment,
    path,
    expectStatus: z.number().int().min(100).max(599).default(200),
    expectBodyIncludes: z.string().min(1).max(500).optional(),
    timeoutSeconds: seconds(60).default(10),
  }),
  z.strictObject({
    type: z.literal('redeploy'),
    title,
    environment,
    timeoutSeconds: seconds(3600).default(900),
  }),
  z.strictObject({
    type: z.literal('rollback'),
    title,
    environment,
    timeoutSeconds: seconds(3600).default(300),
  }),
  z.strictObject({
    type: z.literal('wait-for'),
    title,
    condition: z.enum(['alert-resolved', 'deployment-live', 'http-ok']),
    environment,
    path: path.default('/'),
    timeoutSeconds: seconds(7200).default(300),
  }),
  z
    .strictObject({
      type: z.literal('ask'),
      title,
      question: z.string().min(1).max(500),
      options: z
        .array(option)
        .min(1)
        .max(10)
        .refine(
          options => new Set(options).size === options.length,
          'they must differ from each other',
        ),
      endOn: z.array(option).max(10).default([]),
    })
    .refine(({ options, endOn }) => endOn.every(end => options.includes(end)), {
      path: ['endOn'],
      message: 'it must name some of the options',
    }),
]);
