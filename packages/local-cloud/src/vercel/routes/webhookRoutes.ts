import type express from 'express';
import { z } from 'zod';
import { notFound, parseRequest } from '../errors';
import { TEAM, type Webhook } from '../model';
import type { VercelContext } from '../VercelContext';

const createSchema = z.looseObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  events: z.array(z.string().max(100)).min(1).max(200),
  projectIds: z.array(z.string()).min(1).max(50).optional(),
});

/** Subscriptions to what happens. */
export function webhookRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { notifier } = context;
  const { webhooks } = context.stores;

  router.post('/v1/webhooks', (request, response) => {
    const body = parseRequest(createSchema, request.body);
    const webhook = notifier.create({
      url: body.url,
      events: [...new Set(body.events)],
      projectIds: body.projectIds?.map(id => context.projects.get(id).id),
    });
    // The only time that the secret is shown.
    response.json({ ...describe(webhook), secret: webhook.secret });
  });

  router.get('/v1/webhooks', (request, response) => {
    const { projectId } = request.query;
    response.json(
      webhooks
        .list()
        .filter(
          ({ projectIds }) =>
            projectId === undefined || projectIds?.includes(String(projectId)),
        )
        .map(describe),
    );
  });

  router.get('/v1/webhooks/:id', (request, response) => {
    response.json(describe(getWebhook(request.params.id)));
  });

  router.delete('/v1/webhooks/:id', (request, response) => {
    notifier.delete(getWebhook(request.params.id).id);
    response.status(204).end();
  });

  function getWebhook(id: string): Webhook {
    const webhook = webhooks.find(id);
    if (!webhook) throw notFound(`The webhook "${id}" was not found.`);
    return webhook;
  }
}

function describe(webhook: Webhook) {
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    ownerId: TEAM.id,
    projectIds: webhook.projectIds,
    createdAt: webhook.createdAt,
    updatedAt: webhook.updatedAt,
  };
}
