import { InputError } from '@backstage/errors';
import { raw, type Router } from 'express';
import type { WebhookService } from '../services/WebhookService';

/** Longest body that is read before its signature is checked. */
const BODY_LIMIT = '512kb';

/**
 * Adds the route that providers call. It is open to anybody, so nothing is
 * believed before the provider has verified the signature over the very bytes.
 */
export function addWebhookRoutes(
  router: Router,
  options: { webhooks: WebhookService },
): void {
  router.post(
    '/webhooks/:provider',
    raw({ type: () => true, limit: BODY_LIMIT }),
    async (req, res) => {
      if (!Buffer.isBuffer(req.body) || req.body.length === 0) {
        throw new InputError('The webhook has no body.');
      }
      await options.webhooks.receiveWebhook({
        provider: req.params.provider,
        headers: req.headers,
        rawBody: req.body,
      });
      res.status(202).end();
    },
  );
}
