import type { Router } from 'express';
import createPromiseRouter from 'express-promise-router';
import { addAlertRoutes } from './alertRoutes';
import { addRunbookRoutes } from './runbookRoutes';
import type { RouterOptions } from './RouterOptions';
import { addRunRoutes } from './runRoutes';
import { addWebhookRoutes } from './webhookRoutes';

/** Mounts the route groups. */
export function createRouter(options: RouterOptions): Router {
  const router = createPromiseRouter();
  addWebhookRoutes(router, options);
  addAlertRoutes(router, options);
  addRunbookRoutes(router, options);
  addRunRoutes(router, options);
  return router;
}
