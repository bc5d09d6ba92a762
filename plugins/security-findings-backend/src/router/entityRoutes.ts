import { audited, parse } from '@forkyard/backend-kit';
import type {
  EntityFindingsSummary,
  FindingsSummariesPage,
} from '@forkyard/plugin-security-findings-common';
import { json, type Router } from 'express';
import type { RouteOptions } from './RouteOptions';
import { entitySchema, summariesQuerySchema } from './schemas';

/** Adds what concerns entities as a whole. */
export function addEntityRoutes(router: Router, options: RouteOptions): void {
  const { service, httpAuth, auditor } = options;

  router.get('/summary', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { entityRef } = parse(entitySchema, req.query);
    const summary = await service.getSummary({ entityRef }, { credentials });
    res.json(summary satisfies EntityFindingsSummary);
  });

  router.get('/summaries', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['service'] });
    const page = await service.listSummaries(
      parse(summariesQuerySchema, req.query),
      { credentials },
    );
    res.json(page satisfies FindingsSummariesPage);
  });

  router.post('/refresh', json({ limit: '10kb' }), async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { entityRef } = parse(entitySchema, req.body);
    const summary = await audited(
      auditor,
      { eventId: 'entity-refresh', request: req, meta: { entityRef } },
      () => service.refreshEntity({ entityRef }, { credentials }),
    );
    res.json(summary satisfies EntityFindingsSummary);
  });
}
