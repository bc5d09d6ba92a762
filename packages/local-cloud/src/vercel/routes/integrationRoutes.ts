import type express from 'express';
import { z } from 'zod';
import { badRequest, notFound, parseRequest } from '../errors';
import { ENVIRONMENTS, TEAM, type StoreResource } from '../model';
import { LOCAL_POSTGRES } from '../services/ResourceService';
import type { VercelContext } from '../VercelContext';

const INSTALLED_AT = Date.UTC(2026, 0, 1);
const CONFIGURATION = '/v1/integrations/configuration/:id';

const listSchema = z.object({
  integrationIdOrSlug: z.string().optional(),
  installationType: z.string().optional(),
});

const createSchema = z.looseObject({
  name: z.string().min(1).max(128),
  integrationConfigurationId: z.string(),
  integrationProductIdOrSlug: z.string(),
  billingPlanId: z.string().optional(),
  externalId: z.string().min(1).max(256).optional(),
});

const connectSchema = z.looseObject({
  projectId: z.string(),
  envVarEnvironments: z.array(z.enum(ENVIRONMENTS)).min(1).optional(),
  makeEnvVarsSensitive: z.boolean().optional(),
});

/** The one integration, `local-postgres`: databases for projects. */
export function integrationRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { resources } = context;

  router.get('/v1/integrations/configurations', (request, response) => {
    const { integrationIdOrSlug: wanted } = parseRequest(
      listSchema,
      request.query,
    );
    const { slug, integrationId } = LOCAL_POSTGRES;
    const matches = !wanted || wanted === slug || wanted === integrationId;
    response.json(matches ? [describeConfiguration()] : []);
  });

  router.get(CONFIGURATION, (request, response) => {
    checkConfiguration(request.params.id);
    response.json(describeConfiguration());
  });

  router.get(`${CONFIGURATION}/products`, (request, response) => {
    checkConfiguration(request.params.id);
    const { configurationId, integrationId, slug, name } = LOCAL_POSTGRES;
    response.json({
      products: [
        {
          ...LOCAL_POSTGRES.product,
          primaryProtocol: 'storage',
          protocols: { storage: { status: 'enabled' } },
          metadataSchema: { type: 'object', properties: {}, required: [] },
        },
      ],
      integration: { id: integrationId, slug, name },
      configuration: { id: configurationId },
    });
  });

  router.get(
    '/v1/integrations/integration/:integration/products/:product/plans',
    (request, response) => {
      const { integration, product } = request.params;
      if (
        integration !== LOCAL_POSTGRES.slug &&
        integration !== LOCAL_POSTGRES.integrationId
      ) {
        throw notFound(`The integration "${integration}" was not found.`);
      }
      checkProduct(product);
      response.json({ plans: [describePlan()] });
    },
  );

  router.post(
    '/v1/storage/stores/integration/direct',
    async (request, response) => {
      const body = parseRequest(createSchema, request.body);
      checkConfiguration(body.integrationConfigurationId);
      checkProduct(body.integrationProductIdOrSlug);
      if (body.billingPlanId && body.billingPlanId !== LOCAL_POSTGRES.planId) {
        throw badRequest(
          `The billing plan "${body.billingPlanId}" does not exist. There is "${LOCAL_POSTGRES.planId}".`,
        );
      }
      const { name, externalId } = body;
      const resource = await resources.create({ name, externalId });
      response.json({ store: describeStore(resource) });
    },
  );

  router.post(
    '/v1/integrations/installations/:configurationId/resources/:resourceId/connections',
    (request, response) => {
      checkConfiguration(request.params.configurationId);
      const body = parseRequest(connectSchema, request.body);
      resources.connect(
        resources.get(request.params.resourceId),
        context.projects.get(body.projectId),
        {
          targets: body.envVarEnvironments ?? [...ENVIRONMENTS],
          sensitive: body.makeEnvVarsSensitive ?? false,
        },
      );
      response.status(201).end();
    },
  );

  router.get(/^(?:\/v1)?\/storage\/stores\/([^/]+)$/, (request, response) => {
    response.json({ store: describeStore(resources.get(request.params[0])) });
  });

  router.get('/v1/storage/stores', (_request, response) => {
    response.json({
      stores: context.stores.resources.list().map(describeStore),
    });
  });

  for (const path of [
    '/v1/storage/stores/integration/:resourceId',
    '/v1/installations/:configurationId/resources/:resourceId',
  ]) {
    router.delete(path, async (request, response) => {
      await resources.delete(resources.get(request.params.resourceId));
      response.status(204).end();
    });
  }
}

function checkConfiguration(id: string): void {
  if (id === LOCAL_POSTGRES.configurationId) return;
  throw notFound(`The integration configuration "${id}" was not found.`);
}

function checkProduct(idOrSlug: string): void {
  const { product } = LOCAL_POSTGRES;
  if (idOrSlug === product.id || idOrSlug === product.slug) return;
  throw notFound(`The product "${idOrSlug}" was not found.`);
}

function describeConfiguration() {
  const { configurationId, integrationId, slug, name } = LOCAL_POSTGRES;
  return {
    id: configurationId,
    integrationId,
    slug,
    ownerId: TEAM.id,
    teamId: TEAM.id,
    userId: 'forkyard',
    type: 'integration-configuration',
    installationType: 'marketplace',
    status: 'ready',
    scopes: ['read-write:integration-resource'],
    createdAt: INSTALLED_AT,
    updatedAt: INSTALLED_AT,
    completedAt: INSTALLED_AT,
    integration: { name, icon: '', isLegacy: false, tagIds: ['tag_databases'] },
  };
}

function describePlan() {
  return {
    id: LOCAL_POSTGRES.planId,
    name: 'Free',
    description: 'A database in the PostgreSQL server of this machine',
    cost: '$0',
    type: 'subscription',
    scope: 'resource',
    paymentMethodRequired: false,
    details: [],
  };
}

function describeStore(resource: StoreResource) {
  const { configurationId, integrationId, slug, name, product } =
    LOCAL_POSTGRES;
  return {
    id: resource.id,
    type: 'integration',
    name: resource.name,
    externalId: resource.externalId,
    externalResourceId: resource.id,
    externalResourceStatus:
      resource.status === 'available' ? 'ready' : 'pending',
    status: resource.status,
    usageQuotaExceeded: false,
    createdAt: resource.createdAt,
    updatedAt: resource.updatedAt,
    totalConnectedProjects: resource.projectIds.length,
    projectsMetadata: [],
    secrets: [],
    targets: [...ENVIRONMENTS],
    product: {
      ...product,
      integrationConfigurationId: configurationId,
      integration: { id: integrationId, slug, name },
      primaryProtocol: 'storage',
      supportedProtocols: ['storage'],
    },
  };
}
