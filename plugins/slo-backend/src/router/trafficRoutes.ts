import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { parse } from '@forkyard/backend-kit';
import type {
  CountsResponse,
  TrafficSeries,
} from '@forkyard/plugin-slo-common';
import type { Router } from 'express';
import type { SloService } from '../services/SloService';
import { countsSchema, trafficSchema } from './schemas';

/** Adds what tells of the requests that were served. */
export function addTrafficRoutes(
  router: Router,
  options: { service: SloService; httpAuth: HttpAuthService },
): void {
  const { service, httpAuth } = options;

  router.get('/traffic', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(trafficSchema, req.query);
    const traffic = await service.getTraffic(request, { credentials });
    res.json(traffic satisfies TrafficSeries);
  });

  router.get('/counts', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['service'],
    });
    const { deploymentId, ...request } = parse(countsSchema, req.query);
    const counts = await service.getCounts(
      { ...request, deploymentIds: deploymentId },
      { credentials },
    );
    res.json(counts satisfies CountsResponse);
  });
}
