import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { ChangePage } from '@forkyard/api-client';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  Bill,
  CostSummary,
  RefreshResult,
} from '@forkyard/plugin-cost-common';
import { json, type Router } from 'express';
import type { CostService } from '../services/CostService';
import { billSchema, refreshSchema, summariesSchema } from './schemas';

/** Adds what concerns the charges as a whole. */
export function addBillRoutes(
  router: Router,
  options: {
    service: CostService;
    httpAuth: HttpAuthService;
    auditor: AuditorService;
  },
): void {
  const { service, httpAuth, auditor } = options;

  router.get('/bill', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(billSchema, req.query);
    const bill = await service.getBill(request, { credentials });
    res.json(bill satisfies Bill);
  });

  router.get('/summaries', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['service'] });
    const request = parse(summariesSchema, req.query);
    const page = await service.listSummaries(request, { credentials });
    res.json(page satisfies ChangePage<CostSummary>);
  });

  router.post('/refresh', json({ limit: '10kb' }), async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(refreshSchema, req.body);
    const result = await audited(
      auditor,
      { eventId: 'charges-refresh', request: req, meta: { ...request } },
      () => service.refresh(request, { credentials }),
    );
    res.json(result satisfies RefreshResult);
  });
}
