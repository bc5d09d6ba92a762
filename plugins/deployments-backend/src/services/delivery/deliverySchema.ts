import type {
  RolloutPlan,
  VerdictSettings,
} from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import { createPlan } from './deliveryPlans';

/*
 * The form of forkyard.yaml. What a strategy would not heed is refused by
 * name, so that nobody believes in a check or an approval that is not asked.
 */

const MAX_ENVIRONMENTS = 10;
/** Of an environment, as Vercel bounds the slug of a custom one. */
const MAX_NAME = 32;
const MAX_STAGES = 9;
const MAX_MINUTES = 1440;

const minutes = z
  .number({ error: 'must be a number of minutes such as 10 or 0.5' })
  .min(0, 'must be 0 or more')
  .max(MAX_MINUTES, `must be at most ${MAX_MINUTES}, a day`);

const approval = z.boolean({ error: 'must be true or false' });

/** A share of one, as a number or in percent. */
function share(most: number) {
  const error = `must be a share such as 0.005 or '0.5 %', more than 0 and at most ${most * 100} %`;
  return z
    .union([z.number(), z.string().max(20)], { error })
    .transform(toRatio)
    .refine(ratio => ratio > 0 && ratio <= most, { error });
}

function toRatio(value: number | string): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d{1,3}(?:\.\d{1,9})?) ?%$/.exec(value.trim())?.[1];
  return percent === undefined ? NaN : Number(percent) / 100;
}

const requests = z
  .number({ error: 'must be a whole number of requests' })
  .int('must be a whole number of requests')
  .min(1, 'must be 1 or more')
  .max(1_000_000, 'must be at most 1000000');

const verdictSchema = z.strictObject({
  falseAbortRate: share(0.2).optional(),
  falsePromoteRate: share(0.2).optional(),
  errorTolerance: share(0.2).optional(),
  latencyTolerance: share(0.5).optional(),
  minimumRequests: requests.optional(),
  catastropheRatio: share(1).optional(),
  catastropheRequests: requests.optional(),
  designEffect: z
    .number({ error: 'must be a number from 1 to 100' })
    .min(1, 'must be 1 or more')
    .max(100, 'must be at most 100')
    .optional(),
} satisfies Record<keyof VerdictSettings, z.ZodType>);

const stageSchema = z.strictObject({
  percent: z
    .number({ error: 'must be a whole number from 1 to 99' })
    .int('must be a whole number from 1 to 99')
    .min(1, 'must be 1 or more')
    .max(99, 'must be at most 99: after the last stage it gets all traffic'),
  minutes,
  approval: approval.default(false),
});

const stagesSchema = z
  .array(stageSchema, { error: 'must be a list of stages' })
  .min(1, 'must have a stage, or be left out for those by default')
  .max(MAX_STAGES, `must have at most ${MAX_STAGES} stages`)
  .superRefine((stages, context) => {
    stages.forEach(({ percent }, index) => {
      if (index > 0 && percent <= stages[index - 1].percent) {
        context.addIssue({
          code: 'custom',
          path: [index, 'percent'],
          message: 'must be more than in the stage before',
        });
      }
    });
  });

const checksSchema = z
  .array(
    z.enum(['ci', 'security', 'smoke-test', 'schema'], {
      error: "must be 'ci', 'security', 'smoke-test' or 'schema'",
    }),
    { error: 'must be a list of checks' },
  )
  .max(4, 'must name each check once')
  .refine(checks => new Set(checks).size === checks.length, {
    error: 'must name each check once',
  });

const smokeTestPathSchema = z
  .string({ error: 'must be a path such as /healthz' })
  .max(200, 'must be at most 200 characters long')
  // A second slash would make it the name of another host.
  .regex(/^\/(?!\/)[\w./~%?&=+-]*$/, 'must be a path such as /healthz');

const watched = {
  watchMinutes: minutes.optional(),
  approval: approval.optional(),
  checks: checksSchema.optional(),
  smokeTestPath: smokeTestPathSchema.optional(),
  verdict: verdictSchema.optional(),
};

const planSchema = z
  .discriminatedUnion(
    'strategy',
    [
      z.strictObject({
        strategy: z.literal('direct'),
        deployOn: z
          .literal('push', {
            error: "must be 'push', or be left out to deploy by promotion only",
          })
          .optional(),
      }),
      z.strictObject({ strategy: z.literal('blue-green'), ...watched }),
      z.strictObject({
        strategy: z.literal('canary'),
        stages: stagesSchema.optional(),
        ...watched,
      }),
    ],
    { error: "must be 'direct', 'blue-green' or 'canary'" },
  )
  .transform(({ strategy, ...said }) => createPlan(strategy, said));

const environmentSchema = z.string().regex(
  // Names of digits alone would lose their order, which is that of promotion.
  /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/,
  'must be named by 1 to 50 lower case letters, digits and hyphens, a letter first',
);

/** Finds what a plan asks of an environment that only another one can do. */
function findMisuse(
  name: string,
  { strategy, deployOn }: RolloutPlan,
): { path: string[]; message: string }[] {
  const isStandard = name === 'production' || name === 'preview';
  const issues: { path: string[]; message: string }[] = [];
  if (name === 'development') {
    issues.push({
      path: [name],
      message:
        'must be left out: nothing is deployed to machines of developers',
    });
  }
  if (name.length > MAX_NAME && !isStandard) {
    issues.push({
      path: [name],
      message: `must be named by at most ${MAX_NAME} characters`,
    });
  }
  if (name !== 'production' && strategy !== 'direct') {
    issues.push({
      path: [name, 'strategy'],
      message:
        name === 'preview'
          ? "must be 'direct': each preview has a URL of its own and shares no traffic"
          : "must be 'direct': only production's traffic can be split, or wait for a check",
    });
  }
  if (deployOn && isStandard) {
    issues.push({
      path: [name, 'deployOn'],
      message: 'must be left out: every push is built for it anyway',
    });
  }
  return issues;
}

/** The document of forkyard.yaml; gives the plan of each environment. */
export const deliverySchema = z
  .strictObject({
    apiVersion: z.literal('forkyard.dev/v1alpha1', {
      error:
        "must be 'forkyard.dev/v1alpha1', the only version that is understood",
    }),
    kind: z.literal('Delivery', { error: "must be 'Delivery'" }),
    spec: z.strictObject(
      {
        environments: z
          .record(environmentSchema, planSchema, {
            error: 'must name environments, each with its strategy',
          })
          .refine(
            environments =>
              Object.keys(environments).length <= MAX_ENVIRONMENTS,
            { error: `must name at most ${MAX_ENVIRONMENTS} environments` },
          )
          .superRefine((environments, context) => {
            for (const [name, plan] of Object.entries(environments)) {
              for (const issue of findMisuse(name, plan)) {
                context.addIssue({ code: 'custom', ...issue });
              }
            }
          }),
      },
      { error: 'must be given' },
    ),
  })
  .transform(({ spec }) => spec.environments);
