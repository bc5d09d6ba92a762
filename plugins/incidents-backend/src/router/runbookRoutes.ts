import { parse } from '@forkyard/backend-kit';
import type { Router } from 'express';
import type { RouterOptions } from './RouterOptions';
import { runbookQuerySchema, runbooksQuerySchema } from './schemas';

/** Adds the routes that show runbooks. */
export function addRunbookRoutes(
  router: Router,
  { runbooks, httpAuth }: RouterOptions,
): void {
  router.get('/runbooks', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(runbooksQuerySchema, req.query);
    res.json(await runbooks.listRunbooks(request, { credentials }));
  });

  router.get('/runbook', async (req, res) => {
    const credentials = await httpAuth.credentials(req, {
      allow: ['user', 'service'],
    });
    const request = parse(runbookQuerySchema, req.query);
    res.json(await runbooks.getRunbook(request, { credentials }));
  });
}
