import { audited, parse } from '@forkyard/backend-kit';
import { json, type Router } from 'express';
import type { RouterOptions } from './RouterOptions';
import {
  continueSchema,
  idSchema,
  runsQuerySchema,
  startRunSchema,
  stepSchema,
} from './schemas';

/**
 * Adds the routes below `/runs`. Only people run runbooks: what a step does is
 * done with their rights.
 */
export function addRunRoutes(
  router: Router,
  { runs, httpAuth, auditor }: RouterOptions,
): void {
  router.get('/runs', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const { state, ...rest } = parse(runsQuerySchema, req.query);
    res.json(await runs.listRuns({ ...rest, states: state }, { credentials }));
  });

  router.get('/runs/:id', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    res.json(await runs.getRun(parse(idSchema, req.params), { credentials }));
  });

  router.post('/runs', json({ limit: '20kb' }), async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const request = parse(startRunSchema, req.body);
    const run = await audited(
      auditor,
      { eventId: 'runbook-start', request: req, meta: request },
      () => runs.startRun(request, { credentials }),
    );
    res.status(201).json(run);
  });

  router.post(
    '/runs/:id/steps/:index/continue',
    json({ limit: '20kb' }),
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, { allow: ['user'] });
      const { id, index: stepIndex } = parse(stepSchema, req.params);
      const { answer } = parse(continueSchema, req.body ?? {});
      const request = { id, stepIndex, answer };
      res.json(
        await audited(
          auditor,
          { eventId: 'runbook-continue', request: req, meta: request },
          () => runs.continueRun(request, { credentials }),
        ),
      );
    },
  );

  router.post('/runs/:id/cancel', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const request = parse(idSchema, req.params);
    res.json(
      await audited(
        auditor,
        { eventId: 'runbook-cancel', request: req, meta: request },
        () => runs.cancelRun(request, { credentials }),
      ),
    );
  });
}
