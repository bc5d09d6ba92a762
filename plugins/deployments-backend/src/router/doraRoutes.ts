import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { parse } from '@forkyard/backend-kit';
import type { DoraReport } from '@forkyard/plugin-deployments-common';
import type { Router } from 'express';
import type { DoraService } from '../services/dora/DoraService';
import { deliveryChangesQuerySchema, doraQuerySchema } from './doraSchemas';

/** Adds what tells how well is delivered. */
export function addDoraRoutes(
  router: Router,
  options: { dora: DoraService; httpAuth: HttpAuthService },
): void {
  const { dora, httpAuth } = options;

  router.get('/dora', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const report = await dora.getReport(parse(doraQuerySchema, req.query), {
      credentials,
    });
    res.json(report satisfies DoraReport);
  });

  router.get('/dora/changes', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    res.json(
      await dora.listChanges(parse(deliveryChangesQuerySchema, req.query), {
        credentials,
      }),
    );
  });
}
