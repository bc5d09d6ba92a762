import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { WebhookService } from '../services/WebhookService';

/**
 * Forgets old webhook events once an hour.
 */
export async function schedulePruneWebhookEventsJob(options: {
  scheduler: SchedulerService;
  webhooks: WebhookService;
}): Promise<void> {
  const { scheduler, webhooks } = options;
  await scheduler.scheduleTask({
    id: 'prune-webhook-events',
    frequency: { hours: 1 },
    timeout: { minutes: 5 },
    initialDelay: { minutes: 1 },
    fn: () => webhooks.pruneEvents(),
  });
}
