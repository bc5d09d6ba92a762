import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import createPromiseRouter from 'express-promise-router';
import type { CostService } from '../services/CostService';
import { addBillRoutes } from './billRoutes';
import { addEntityRoutes } from './entityRoutes';

/** Mounts the route groups. */
export function createRouter(options: {
  service: CostService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}): Router {
  const router = createPromiseRouter();
  addEntityRoutes(router, options);
  addBillRoutes(router, options);
  return router;
}
