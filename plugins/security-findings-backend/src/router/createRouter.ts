import type { Router } from 'express';
import createPromiseRouter from 'express-promise-router';
import { addEntityRoutes } from './entityRoutes';
import { addFindingRoutes } from './findingRoutes';
import { addReportRoutes } from './reportRoutes';
import type { RouteOptions } from './RouteOptions';

/** Mounts the route groups. */
export function createRouter(options: RouteOptions): Router {
  const router = createPromiseRouter();
  addFindingRoutes(router, options);
  addEntityRoutes(router, options);
  addReportRoutes(router, options);
  return router;
}
