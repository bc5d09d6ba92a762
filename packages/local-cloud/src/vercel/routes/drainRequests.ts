import { z } from 'zod';
import { badRequest } from '../errors';
import { DRAIN_SOURCES, type Drain } from '../model';

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

export const createDrainSchema = z.looseObject({
  name: z.string().min(1).max(100),
  projects: z.enum(['some', 'all']),
  projectIds: z.array(z.string()).max(500).nullish(),
  filter: filterSchema.optional(),
  schemas: schemasSchema,
  delivery: deliverySchema,
  sampling: z.array(samplingSchema).nullish(),
});

export const updateDrainSchema = z.looseObject({
  ...createDrainSchema.partial().shape,
  status: z.enum(['enabled', 'disabled']).optional(),
});

export const testDrainSchema = z.looseObject({
  schemas: schemasSchema,
  delivery: deliverySchema,
});

/** Finds what a drain carries; here it carries one thing. */
export function schemaOf(schemas: Record<string, unknown>): Drain['schema'] {
  const [name, ...others] = Object.keys(schemas);
  if ((name !== 'log' && name !== 'trace') || others.length > 0) {
    throw badRequest(
      'Invalid request: `schemas` must be either `log` or `trace` here.',
    );
  }
  return name;
}

export function filterOf(
  given?: z.output<typeof filterSchema>,
): Drain['filter'] {
  const { project, log, deployment } = given?.filter ?? {};
  return {
    projectIds: project?.ids,
    sources: log?.sources,
    environments: deployment?.environments,
  };
}

/** Takes a delivery apart, and checks that it fits what the drain carries. */
export function splitDelivery(
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
