import { audited, parse } from '@forkyard/backend-kit';
import { json, type Router } from 'express';
import type { RouterOptions } from './RouterOptions';
import {
  alertsQuerySchema,
  idSchema,
  resolveSchema,
  summariesQuerySchema,
} from './schemas';

/** Adds the routes below `/alerts`, and the feed for the portfolio. */
export function addAlertRoutes(
  router: Router,
  { alerts, httpAuth, auditor }: RouterOptions,
): void {
  router.get('/alerts', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { owner, state, ...rest } = parse(alertsQuerySchema, req.query);
    const request = { ...rest, owners: owner, states: state };
    res.json(await alerts.listAlerts(request, { credentials }));
  });

  router.get('/alerts/:id', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(idSchema, req.params);
    res.json(await alerts.getAlert(request, { credentials }));
  });

  router.post('/alerts/:id/acknowledge', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(idSchema, req.params);
    res.json(
      await audited(
        auditor,
        { eventId: 'alert-acknowledge', request: req, meta: request },
        () => alerts.acknowledgeAlert(request, { credentials }),
      ),
    );
  });

  router.post(
    '/alerts/:id/resolve',
    json({ limit: '20kb' }),
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, {
        allow: ['user', 'service'],
      });
      const { id } = parse(idSchema, req.params);
      const { comment } = parse(resolveSchema, req.body);
      res.json(
        await audited(
          auditor,
          { eventId: 'alert-resolve', request: req, meta: { id, comment } },
          () => alerts.resolveAlert({ id, comment }, { credentials }),
        ),
      );
    },
  );

  router.get('/summaries', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['service'] });
    const request = parse(summariesQuerySchema, req.query);
    res.json(await alerts.listSummaries(request, { credentials }));
  });
}
