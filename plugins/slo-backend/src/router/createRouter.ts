import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import createPromiseRouter from 'express-promise-router';
import type { IngestService } from '../ingest/IngestService';
import type { SloService } from '../services/SloService';
import { addAlertRoutes } from './alertRoutes';
import { addDrainRoutes } from './drainRoutes';
import { addSloRoutes } from './sloRoutes';
import { addTrafficRoutes } from './trafficRoutes';

/** Mounts the route groups. */
export function createRouter(options: {
  service: SloService;
  ingest: IngestService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}): Router {
  const router = createPromiseRouter();
  addDrainRoutes(router, options);
  addSloRoutes(router, options);
  addTrafficRoutes(router, options);
  addAlertRoutes(router, options);
  return router;
}
