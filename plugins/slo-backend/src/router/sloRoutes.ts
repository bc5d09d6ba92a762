import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  BudgetSeries,
  EntitySlos,
  SloSummary,
} from '@forkyard/plugin-slo-common';
import { json, type Router } from 'express';
import type { SloService } from '../services/SloService';
import { entitySchema, sloIdSchema, summariesSchema } from './schemas';

/** Adds what tells how the SLOs stand. */
export function addSloRoutes(
  router: Router,
  options: {
    service: SloService;
    httpAuth: HttpAuthService;
    auditor: AuditorService;
  },
): void {
  const { service, httpAuth, auditor } = options;

  router.get('/slos', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(entitySchema, req.query);
    const slos = await service.listSlos(request, { credentials });
    res.json(slos satisfies EntitySlos);
  });

  router.get('/slos/:id/budget', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(sloIdSchema, req.params);
    const budget = await service.getBudget(id, { credentials });
    res.json(budget satisfies BudgetSeries);
  });

  router.get('/summaries', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['service'],
    });
    const request = parse(summariesSchema, req.query);
    const page = await service.listSummaries(request, { credentials });
    res.json(page satisfies { items: SloSummary[] });
  });

  router.post('/refresh', json({ limit: '10kb' }), async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(entitySchema, req.body);
    const slos = await audited(
      auditor,
      { eventId: 'slo-refresh', request: req, meta: { ...request } },
      () => service.refresh(request, { credentials }),
    );
    res.json(slos satisfies EntitySlos);
  });
}
