import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { parse } from '@forkyard/backend-kit';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { Router } from 'express';
import type { SloService } from '../services/SloService';
import { alertsSchema } from './schemas';

/** Adds the list of alerts. */
export function addAlertRoutes(
  router: Router,
  options: { service: SloService; httpAuth: HttpAuthService },
): void {
  const { service, httpAuth } = options;

  router.get('/alerts', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id, ...request } = parse(alertsSchema, req.query);
    const page = await service.listAlerts(
      { ...request, ids: id },
      { credentials },
    );
    res.json(page satisfies { items: SloAlert[]; nextCursor?: string });
  });
}
