import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import createPromiseRouter from 'express-promise-router';
import type { DeploymentsService } from '../services/DeploymentsService';
import type { WebhookService } from '../services/WebhookService';
import { addDeploymentRoutes } from './deploymentRoutes';
import { addStatusRoutes } from './statusRoutes';
import { addWebhookRoutes } from './webhookRoutes';

/** Mounts the route groups. */
export function createRouter(options: {
  service: DeploymentsService;
  webhooks: WebhookService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}): Router {
  const router = createPromiseRouter();
  addWebhookRoutes(router, options);
  addDeploymentRoutes(router, options);
  addStatusRoutes(router, options);
  return router;
}
