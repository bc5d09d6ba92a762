import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { Page } from '@forkyard/api-client';
import { parse } from '@forkyard/backend-kit';
import type {
  Charge,
  DailyCost,
  EntityCost,
  GroupCosts,
} from '@forkyard/plugin-cost-common';
import type { Router } from 'express';
import type { CostService } from '../services/CostService';
import { entitySchema, groupSchema, rangeSchema } from './schemas';

/** Adds what concerns an entity, or those of a group. */
export function addEntityRoutes(
  router: Router,
  options: { service: CostService; httpAuth: HttpAuthService },
): void {
  const { service, httpAuth } = options;

  router.get('/entities/cost', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(entitySchema, req.query);
    const cost = await service.getEntityCost(request, { credentials });
    res.json(cost satisfies EntityCost);
  });

  router.get('/entities/daily', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(rangeSchema, req.query);
    const page = await service.listDailyCosts(request, { credentials });
    res.json(page satisfies Page<DailyCost>);
  });

  router.get('/entities/charges', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(rangeSchema, req.query);
    const page = await service.listCharges(request, { credentials });
    res.json(page satisfies Page<Charge>);
  });

  router.get('/groups/cost', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(groupSchema, req.query);
    const costs = await service.listGroupCosts(request, { credentials });
    res.json(costs satisfies GroupCosts);
  });
}
