import type express from 'express';
import { z } from 'zod';
import { badRequest, parseRequest } from '../errors';
import { ENVIRONMENTS, type StoreResource } from '../model';
import { LOCAL_POSTGRES } from '../services/ResourceService';
import type { VercelContext } from '../VercelContext';
import { checkConfiguration, checkProduct } from './integrationRoutes';

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

/** Databases of the integration, and their connections to projects. */
export function storeRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { resources } = context;

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
