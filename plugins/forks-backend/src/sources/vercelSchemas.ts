import { z } from 'zod';
import type {
  HostingAccount,
  HostingDeployment,
  HostingDeploymentState,
  HostingDomain,
  HostingLogLine,
  HostingProject,
  HostingStore,
} from './HostingSource';

/** The fields of Vercel's answers that we use, and what we make of them. */

const id = z.string().min(1);

export const projectSchema = z
  .object({
    id,
    name: z.string().min(1),
    link: z
      .object({ org: z.string().optional(), repo: z.string().optional() })
      .nullish(),
  })
  .transform(({ link, ...project }): HostingProject => ({
    ...project,
    repository: link?.org && link.repo ? `${link.org}/${link.repo}` : undefined,
  }));

export const variablesSchema = z.object({
  envs: z.array(
    z.object({
      id: z.string().optional(),
      key: z.string().min(1),
      value: z.string().optional(),
    }),
  ),
});

export const createdVariablesSchema = z.object({
  failed: z
    .array(z.object({ error: z.object({ message: z.string().default('') }) }))
    .default([]),
});

export const configurationsSchema = z
  .array(z.object({ id, slug: z.string().optional() }))
  .or(
    z
      .object({
        configurations: z.array(z.object({ id, slug: z.string().optional() })),
      })
      .transform(page => page.configurations),
  );

const limitsSchema = z
  .object({ projects: z.number(), projectsUsed: z.number() })
  .optional()
  .catch(undefined);

/** The SDK knows a store by its external id only. */
const storeSchema = z
  .object({
    externalResourceId: z.string().optional(),
    id: z.string().optional(),
    name: z.string().optional(),
  })
  .refine(store => store.externalResourceId || store.id, { path: ['id'] })
  .transform(({ externalResourceId, id: ownId, name }): HostingStore => ({
    id: externalResourceId || ownId || '',
    name: name ?? '',
  }));

export const createdStoreSchema = z.object({ store: storeSchema });

export const storesSchema = z.object({ stores: z.array(storeSchema) });

export const teamSchema = z
  .object({
    name: z.string().nullish(),
    slug: z.string().min(1),
    limits: limitsSchema,
    /** Where the SDK puts what its schema does not name. */
    additionalProperties: z.object({ limits: limitsSchema }).optional(),
  })
  .transform(
    ({ name, slug, additionalProperties, ...team }): HostingAccount => {
      const limits = team.limits ?? additionalProperties?.limits;
      return {
        name: name || slug,
        projectQuota: limits && {
          used: limits.projectsUsed,
          limit: limits.projects,
        },
      };
    },
  );

export const domainSchema = z
  .object({
    name: z.string().min(1),
    verified: z.boolean().default(false),
    verification: z
      .array(
        z.object({ type: z.string(), domain: z.string(), value: z.string() }),
      )
      .nullish(),
  })
  .transform(({ name, verified, verification }): HostingDomain => ({
    name,
    verified,
    records: (verification ?? []).map(({ type, domain, value }) => ({
      type,
      name: domain,
      value,
    })),
  }));

export const domainConfigSchema = z.object({
  misconfigured: z.boolean().default(true),
  recommendedCNAME: z.array(z.object({ value: z.string() })).default([]),
  recommendedIPv4: z
    .array(z.object({ value: z.array(z.string()) }))
    .default([]),
});

const states: Record<string, HostingDeploymentState> = {
  READY: 'ready',
  ERROR: 'failed',
  CANCELED: 'canceled',
  BLOCKED: 'failed',
  DELETED: 'canceled',
};

const deploymentFields = z.object({
  id: z.string().optional(),
  uid: z.string().optional(),
  readyState: z.string().optional(),
  state: z.string().optional(),
  status: z.string().optional(),
  url: z.string().nullish(),
  alias: z.array(z.string()).nullish(),
  errorMessage: z.string().nullish(),
  inspectorUrl: z.string().nullish(),
  meta: z.record(z.string(), z.unknown()).nullish(),
  gitSource: z.object({ sha: z.string().optional() }).nullish(),
});

/** One is called `id` or `uid`, and its state `readyState`, `state` or `status`. */
export const deploymentSchema = deploymentFields
  .refine(data => data.id || data.uid, { path: ['id'] })
  .refine(data => data.readyState || data.state || data.status, {
    path: ['readyState'],
  })
  .transform(
    data =>
      ({
        id: data.id || data.uid || '',
        state:
          states[data.readyState || data.state || data.status || ''] ??
          'building',
        host: data.url || undefined,
        aliases: data.alias ?? [],
        sha: readSha(data),
        errorMessage: data.errorMessage || undefined,
        inspectorUrl: data.inspectorUrl || undefined,
      }) satisfies HostingDeployment,
  );

export const deploymentsSchema = z.object({
  deployments: z.array(deploymentSchema),
});

function readSha(data: z.output<typeof deploymentFields>): string | undefined {
  const { githubCommitSha } = data.meta ?? {};
  return (
    data.gitSource?.sha ||
    (typeof githubCommitSha === 'string' ? githubCommitSha : undefined)
  );
}

const eventSchema = z
  .object({
    type: z.string().optional(),
    created: z.number().optional(),
    date: z.number().optional(),
    id: z.string().optional(),
    serial: z.string().optional(),
    text: z.string().optional(),
    payload: z
      .object({
        text: z.string().optional(),
        id: z.string().optional(),
        serial: z.string().optional(),
        date: z.number().optional(),
        created: z.number().optional(),
      })
      .nullish(),
  })
  .transform((event): HostingLogLine | undefined => {
    const text = event.text || event.payload?.text;
    if (
      !text ||
      !['command', 'stdout', 'stderr', 'fatal'].includes(event.type ?? '')
    ) {
      return undefined;
    }
    const at =
      event.created ||
      event.payload?.created ||
      event.date ||
      event.payload?.date ||
      0;
    return {
      id:
        event.id ||
        event.payload?.id ||
        event.serial ||
        event.payload?.serial ||
        `${at} ${text}`,
      at: new Date(at),
      text: text.replace(/\s+$/, ''),
      level: event.type === 'fatal' ? 'error' : 'info',
    };
  });

export const eventsSchema = z
  .array(z.unknown())
  .transform(events =>
    events.flatMap(event => eventSchema.safeParse(event).data ?? []),
  );
