import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import type { SecretSealer } from '../services/AuthorizedSecretService';
import type { ForkService } from '../services/ForkService';
import type { PlanService } from '../services/PlanService';
import type { ProvisioningService } from '../services/ProvisioningService';
import { addForkRoutes } from './forkRoutes';
import { addPlanRoutes } from './planRoutes';
import { addProvisioningRoutes } from './provisioningRoutes';
import { addSealedSecretRoutes } from './sealedSecretRoutes';
import { addSummaryRoutes } from './summaryRoutes';

export interface RouterOptions {
  httpAuth: HttpAuthService;
  plans: PlanService;
  secrets: SecretSealer;
  provisionings: ProvisioningService;
  forks: ForkService;
}

/** Room for a hundred variables of ordinary length. */
const LARGEST_BODY = '1mb';

/**
 * Creates the REST API of the plugin.
 */
export function createRouter(options: RouterOptions): express.Router {
  const router = Router();
  router.use(express.json({ limit: LARGEST_BODY }));
  addPlanRoutes(router, options);
  addSealedSecretRoutes(router, options);
  addProvisioningRoutes(router, options);
  addForkRoutes(router, options);
  addSummaryRoutes(router, options);
  return router;
}
