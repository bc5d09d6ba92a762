import type express from 'express';
import { z } from 'zod';
import { notFound, parseRequest } from '../errors';
import { TEAM } from '../model';
import { LOCAL_POSTGRES } from '../services/ResourceService';

const INSTALLED_AT = Date.UTC(2026, 0, 1);
const CONFIGURATION = '/v1/integrations/configuration/:id';

const listSchema = z.object({
  integrationIdOrSlug: z.string().optional(),
  installationType: z.string().optional(),
});

/** The one installed integration, `local-postgres`, and what it offers. */
export function integrationRoutes(router: express.Router): void {
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
}

/** Throws when it is not the one installed integration. */
export function checkConfiguration(id: string): void {
  if (id === LOCAL_POSTGRES.configurationId) return;
  throw notFound(`The integration configuration "${id}" was not found.`);
}

/** Throws when it is not its one product. */
export function checkProduct(idOrSlug: string): void {
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
