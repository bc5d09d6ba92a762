import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import createPromiseRouter from 'express-promise-router';
import type { AuthorizedDelivery } from '../services/delivery/AuthorizedDelivery';
import type { DeploymentsService } from '../services/DeploymentsService';
import type { DoraService } from '../services/dora/DoraService';
import type { ApprovalsService } from '../services/gates/ApprovalsService';
import type { GateOverridesService } from '../services/gates/GateOverridesService';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import type { WebhookService } from '../services/WebhookService';
import { addDeliveryRoutes } from './deliveryRoutes';
import { addDeploymentRoutes } from './deploymentRoutes';
import { addDoraRoutes } from './doraRoutes';
import { addGateRoutes } from './gateRoutes';
import { addRolloutRoutes } from './rolloutRoutes';
import { addStatusRoutes } from './statusRoutes';
import { addWebhookRoutes } from './webhookRoutes';

/** Mounts the route groups. */
export function createRouter(options: {
  service: DeploymentsService;
  rollouts: RolloutsService;
  approvals: ApprovalsService;
  overrides: GateOverridesService;
  delivery: AuthorizedDelivery;
  dora: DoraService;
  webhooks: WebhookService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}): Router {
  const router = createPromiseRouter();
  addWebhookRoutes(router, options);
  addDeploymentRoutes(router, options);
  addStatusRoutes(router, options);
  addRolloutRoutes(router, options);
  addGateRoutes(router, options);
  addDeliveryRoutes(router, options);
  addDoraRoutes(router, options);
  return router;
}
