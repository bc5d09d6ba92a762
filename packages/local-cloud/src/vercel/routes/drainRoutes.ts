import type express from 'express';
import { z } from 'zod';
import { badRequest, parseRequest } from '../errors';
import { DRAIN_SOURCES, TEAM, type Drain } from '../model';
import type { DrainSettings } from '../services/DrainService';
import type { VercelContext } from '../VercelContext';

const url = z.url({
  protocol: /^https?$/,
  error: 'must be an http or https URL',
});
const headers = z.record(z.string(), z.string()).default({});
const secret = z.string().min(1).max(500).optional();

const deliverySchema = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('http'),
      endpoint: url,
      encoding: z.enum(['json', 'ndjson']),
      compression: z
        .literal('none', { error: 'is not there but for "none"' })
        .optional(),
      headers,
      secret,
    }),
    z.object({
      type: z.literal('otlphttp'),
      endpoint: z.object({ traces: url }),
      encoding: z.literal('json', { error: 'is not there but for "json"' }),
      headers,
      secret,
    }),
  ],
  { error: 'must be of the type "http" or "otlphttp"' },
);

const environments = z.array(z.enum(['production', 'preview']));

const filterSchema = z.object({
  version: z.string(),
  filter: z.object({
    type: z.literal('basic', { error: 'is not there but for "basic"' }),
    project: z.object({ ids: z.array(z.string()).optional() }).optional(),
    log: z
      .object({ sources: z.array(z.enum(DRAIN_SOURCES)).optional() })
      .optional(),
    deployment: z.object({ environments: environments.optional() }).optional(),
  }),
});

const samplingSchema = z.object({
  type: z.literal('head_sampling'),
  rate: z.number().min(0).max(1),
  env: z.enum(['production', 'preview']).optional(),
  requestPath: z.string().max(500).optional(),
});

const schemasSchema = z.record(z.string(), z.object({ version: z.string() }));

const createSchema = z.looseObject({
  name: z.string().min(1).max(100),
  projects: z.enum(['some', 'all']),
  projectIds: z.array(z.string()).max(500).nullish(),
  filter: filterSchema.optional(),
  schemas: schemasSchema,
  delivery: deliverySchema,
  sampling: z.array(samplingSchema).nullish(),
});

const updateSchema = z.looseObject({
  ...createSchema.partial().shape,
  status: z.enum(['enabled', 'disabled']).optional(),
});

const testSchema = z.looseObject({
  schemas: schemasSchema,
  delivery: deliverySchema,
});

/** Drains: what is served and logged, sent to somebody else. */
export function drainRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { drains } = context;

  router.post('/v1/drains/test', async (request, response) => {
    const body = parseRequest(testSchema, request.body);
    const schema = schemaOf(body.schemas);
    const failure = await drains.test({
      schema,
      ...splitDelivery(body, schema),
    });
    response.json(failure ?? {});
  });

  router.post('/v1/drains', (request, response) => {
    const body = parseRequest(createSchema, request.body);
    const schema = schemaOf(body.schemas);
    const drain = drains.create({
      name: body.name,
      schema,
      projectIds: projectsOf(body),
      sampling: body.sampling ?? [],
      filter: filterOf(body.filter),
      ...splitDelivery(body, schema),
    });
    // Shown here and never again.
    response.json(describe(drain, drain.secret));
  });

  router.get('/v1/drains', (request, response) => {
    const { projectId } = request.query;
    const list = context.stores.drains
      .list()
      .filter(
        ({ projectIds }) =>
          projectId === undefined ||
          (projectIds?.includes(String(projectId)) ?? true),
      );
    response.json({ drains: list.map(drain => describe(drain)) });
  });

  router.get('/v1/drains/:id', (request, response) => {
    response.json(describe(drains.get(request.params.id)));
  });

  router.patch('/v1/drains/:id', (request, response) => {
    const known = drains.get(request.params.id);
    const body = parseRequest(updateSchema, request.body);
    const schema = body.schemas ? schemaOf(body.schemas) : known.schema;
    const changes: Partial<DrainSettings> = {
      schema,
      ...(body.name !== undefined && { name: body.name }),
      ...((body.projects !== undefined || body.projectIds !== undefined) && {
        projectIds: projectsOf({ projects: 'some', ...body }),
      }),
      ...(body.sampling !== undefined && { sampling: body.sampling ?? [] }),
      ...(body.filter !== undefined && { filter: filterOf(body.filter) }),
      ...(body.delivery && splitDelivery({ delivery: body.delivery }, schema)),
    };
    const drain = drains.update(known.id, {
      ...changes,
      status: body.status ?? known.status,
    });
    response.json(describe(drain));
  });

  router.delete('/v1/drains/:id', (request, response) => {
    drains.delete(request.params.id);
    response.status(204).end();
  });

  function projectsOf(body: {
    projects: 'some' | 'all';
    projectIds?: string[] | null;
  }): string[] | undefined {
    if (body.projects === 'all') return undefined;
    if (!body.projectIds?.length) {
      throw badRequest(
        'Invalid request: `projectIds` must name at least one project when `projects` is "some".',
      );
    }
    return body.projectIds.map(id => context.projects.get(id).id);
  }
}

function schemaOf(schemas: Record<string, unknown>): Drain['schema'] {
  const [name, ...others] = Object.keys(schemas);
  if ((name !== 'log' && name !== 'trace') || others.length > 0) {
    throw badRequest(
      'Invalid request: `schemas` must be either `log` or `trace` here.',
    );
  }
  return name;
}

function filterOf(given?: z.output<typeof filterSchema>): Drain['filter'] {
  const { project, log, deployment } = given?.filter ?? {};
  return {
    projectIds: project?.ids,
    sources: log?.sources,
    environments: deployment?.environments,
  };
}

function splitDelivery(
  body: { delivery: z.output<typeof deliverySchema> },
  schema: Drain['schema'],
) {
  const { delivery } = body;
  if ((delivery.type === 'otlphttp') !== (schema === 'trace')) {
    throw badRequest(
      'Invalid request: `delivery` must be of the type "otlphttp" for traces, and "http" for logs.',
    );
  }
  const { headers: sent, secret: signed } = delivery;
  return {
    delivery:
      delivery.type === 'http'
        ? {
            type: delivery.type,
            endpoint: delivery.endpoint,
            encoding: delivery.encoding,
          }
        : {
            type: delivery.type,
            endpoint: delivery.endpoint,
            encoding: delivery.encoding,
          },
    headers: sent,
    secret: signed,
  };
}

/** Writes a drain as the API does; the secret only where it is given. */
function describe(drain: Drain, shownSecret?: string) {
  const { filter, projectIds, sampling } = drain;
  return {
    id: drain.id,
    name: drain.name,
    ownerId: TEAM.id,
    teamId: TEAM.id,
    createdAt: drain.createdAt,
    updatedAt: drain.updatedAt,
    disabledAt: drain.disabledAt,
    ...(drain.disabledAt && { disabledReason: 'disabled-by-owner' }),
    status: drain.status,
    source: { kind: 'self-served' },
    schemas: { [drain.schema]: { version: 'v1' } },
    delivery: {
      ...drain.delivery,
      ...(drain.delivery.type === 'http' && { compression: 'none' }),
      headers: drain.headers,
      secret: shownSecret,
    },
    projectIds,
    projectAccess: projectIds
      ? { access: 'some', projectIds, managedBy: 'drain' }
      : { access: 'all', managedBy: 'drain' },
    ...(sampling.length > 0 && {
      sampling: sampling.map(rule => ({ ...rule, type: 'head_sampling' })),
    }),
    filterV2: {
      version: 'v2',
      filter: {
        type: 'basic',
        project: { ids: filter.projectIds },
        log: { sources: filter.sources },
        deployment: { environments: filter.environments },
      },
    },
  };
}
