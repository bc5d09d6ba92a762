import { z } from 'zod';

/**
 * What is read of Vercel's answers. Everything else may change without notice.
 *
 * The SDK fills absent texts with '' and absent numbers with 0, so both mean
 * absent here.
 */
const text = z
  .string()
  .nullish()
  .transform(value => value || undefined)
  .catch(undefined);

const moment = z
  .number()
  .nullish()
  .transform(value => (value ? new Date(value) : undefined))
  .catch(undefined);

/** An object that may be left out, null, or something unforeseen. */
const optional = <T extends z.ZodType>(schema: T) =>
  schema.optional().catch(undefined);

/** One deployment, from a list (`uid`) or by itself (`id`). */
export const deploymentSchema = z
  .object({
    uid: text,
    id: text,
    name: text,
    projectId: text,
    project: optional(z.object({ id: text })),
    url: text,
    created: moment,
    createdAt: moment,
    buildingAt: moment,
    ready: moment,
    deleted: moment,
    state: text,
    readyState: text,
    target: text,
    customEnvironment: optional(z.object({ slug: text })),
    creator: optional(
      z.object({
        username: text,
        githubLogin: text,
        name: text,
        uid: text,
      }),
    ),
    meta: optional(z.record(z.string(), z.unknown())),
    errorMessage: text,
    inspectorUrl: text,
  })
  .refine(({ uid, id }) => uid ?? id, { message: 'has no id', path: ['id'] });

export type VercelDeployment = z.output<typeof deploymentSchema>;

/** One page of deployments. */
export const deploymentsPageSchema = z.object({
  deployments: z.array(deploymentSchema),
  pagination: optional(z.object({ next: z.number().nullish() })),
});

const targetSchema = z.object({
  id: text,
  readyState: text,
  readySubstate: text,
  alias: optional(z.array(z.string())),
});

/** A project, with where it comes from and where its traffic goes. */
export const projectSchema = z.object({
  id: z.string().min(1),
  name: text,
  link: optional(
    z.object({ org: text, repo: text, productionBranch: text }).nullable(),
  ),
  targets: optional(z.record(z.string(), optional(targetSchema.nullable()))),
  /** False while new versions wait for a promotion; true when left out. */
  autoAssignCustomDomains: optional(z.boolean()),
  customEnvironments: optional(
    z.array(
      z.object({
        slug: text,
        domains: optional(z.array(z.object({ name: text }))),
        currentDeploymentAliases: optional(z.array(z.string())),
      }),
    ),
  ),
  lastAliasRequest: optional(
    z
      .object({
        type: text,
        jobStatus: text,
        toDeploymentId: text,
        requestedAt: moment,
      })
      .nullable(),
  ),
  /** Null once production is not pinned any more; the SDK drops its fields. */
  lastRollbackTarget: optional(z.object({ at: moment }).nullable()),
  rollbackDescription: optional(
    z.object({ description: text, createdAt: moment }).nullable(),
  ),
});

export type VercelProject = z.output<typeof projectSchema>;

const namedDeployment = optional(z.object({ id: text }).nullable());

/** The last rolling release of a project, whether or not it is over. */
export const rollingReleaseSchema = z.object({
  rollingRelease: z
    .object({
      state: z.enum(['ACTIVE', 'COMPLETE', 'ABORTED']),
      canaryDeployment: namedDeployment,
      currentDeployment: namedDeployment,
      stages: z.array(z.object({ targetPercentage: z.number() })),
      activeStage: optional(
        z
          .object({ index: z.number(), targetPercentage: z.number() })
          .nullable(),
      ),
      /** Differs from the stage's while traffic is shifted bit by bit. */
      currentCanaryPercentage: optional(z.number()),
    })
    .nullish(),
});

export type VercelRollingRelease = NonNullable<
  z.output<typeof rollingReleaseSchema>['rollingRelease']
>;

/** The answer to a creation, of which the SDK may drop everything else. */
export const createdSchema = z.object({ id: z.string().min(1) });

/** The answer to a request for which only its success matters. */
export const ignoredSchema = z.unknown();

/** One event of a build log, in either of the shapes that Vercel sends. */
export const buildEventSchema = z.object({
  type: text,
  id: text,
  created: moment,
  date: moment,
  text,
  payload: optional(
    z.object({ id: text, created: moment, date: moment, text }),
  ),
});

export type VercelBuildEvent = z.output<typeof buildEventSchema>;

/** A webhook subscription. */
export const webhookSchema = z.object({
  id: z.string().min(1),
  url: z.string(),
  secret: text,
  events: optional(z.array(z.string())),
});

/** The body of a webhook. */
export const webhookEventSchema = z.object({
  id: z.string().min(1).max(200),
  type: z.string(),
  payload: z.object({
    project: optional(z.object({ id: text })),
    projectId: text,
    deployment: optional(z.object({ id: text })),
    deploymentId: text,
  }),
});
