import { audited, parse } from '@forkyard/backend-kit';
import type {
  Finding,
  FindingsPage,
} from '@forkyard/plugin-security-findings-common';
import { json, type Router } from 'express';
import type { RouteOptions } from './RouteOptions';
import { idSchema, listQuerySchema, waiverSchema } from './schemas';

/** Adds the routes below `/findings`. */
export function addFindingRoutes(router: Router, options: RouteOptions): void {
  const { service, httpAuth, auditor } = options;

  router.get('/findings', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { state, severity, source, ...query } = parse(
      listQuerySchema,
      req.query,
    );
    const page = await service.listFindings(
      { ...query, states: state, severities: severity, sources: source },
      { credentials },
    );
    res.json(page satisfies FindingsPage);
  });

  router.get('/findings/:id', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const finding = await service.getFinding({ id }, { credentials });
    res.json(finding satisfies Finding);
  });

  router.put(
    '/findings/:id/waiver',
    json({ limit: '50kb' }),
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      const { id } = parse(idSchema, req.params);
      const waiver = parse(waiverSchema, req.body);
      const finding = await audited(
        auditor,
        { eventId: 'finding-waive', request: req, meta: { id, ...waiver } },
        () => service.waiveFinding({ id, ...waiver }, { credentials }),
      );
      res.json(finding satisfies Finding);
    },
  );

  router.delete('/findings/:id/waiver', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { id } = parse(idSchema, req.params);
    const finding = await audited(
      auditor,
      { eventId: 'finding-unwaive', request: req, meta: { id } },
      () => service.unwaiveFinding({ id }, { credentials }),
    );
    res.json(finding satisfies Finding);
  });
}
