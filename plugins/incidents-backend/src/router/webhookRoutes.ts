import { InputError } from '@backstage/errors';
import { raw, type Router } from 'express';
import type { RouterOptions } from './RouterOptions';

/** Longest body that is read, and only from who knows the token. */
const BODY_LIMIT = '1mb';

/**
 * Adds the route that Alertmanager calls. It is open to anybody, so the token is
 * checked before the first byte of the body is read.
 */
export function addWebhookRoutes(
  router: Router,
  { alertmanager }: RouterOptions,
): void {
  router.post(
    '/webhooks/alertmanager',
    (req, _res, next) => {
      alertmanager.assertToken(req.headers.authorization);
      next();
    },
    raw({ type: () => true, limit: BODY_LIMIT }),
    async (req, res) => {
      if (!Buffer.isBuffer(req.body) || req.body.length === 0) {
        throw new InputError('The webhook has no body.');
      }
      res.status(202).json(await alertmanager.receive(req.body));
    },
  );
}
