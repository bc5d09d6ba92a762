import type { LoggerService } from '@backstage/backend-plugin-api';
import type { TrackedEntitiesStore } from '../database/TrackedEntitiesStore';
import type { WebhookEventsStore } from '../database/WebhookEventsStore';
import type { ProviderRegistry } from './ProviderRegistry';

/** Providers retry for hours; remembering longer costs little. */
const REMEMBERED_DAYS = 7;

/**
 * Takes what providers call us about.
 *
 * A delivery only says where to look: its facts are not used, because
 * deliveries repeat and overtake each other.
 */
export class WebhookService {
  constructor(
    private readonly options: {
      providers: ProviderRegistry;
      events: WebhookEventsStore;
      tracked: TrackedEntitiesStore;
      logger: LoggerService;
    },
  ) {}

  /**
   * Verifies a delivery and makes the project due at once. Repeats and events
   * that concern no deployment change nothing.
   */
  async receiveWebhook(request: {
    provider: string;
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
  }): Promise<void> {
    const { providers, events, tracked, logger } = this.options;
    const provider = providers.get(request.provider);
    const nudge = await provider.parseWebhook(request);
    if (!nudge) return;
    const event = { provider: provider.id, eventId: nudge.eventId };
    if (await events.has(event)) return;
    const count = await tracked.requestReconcile({
      provider: provider.id,
      projectId: nudge.projectId,
    });
    // Afterwards, so that the provider's repeat makes good for a failure.
    await events.insert(event);
    logger.debug(
      `Webhook '${nudge.eventId}' of ${provider.id} makes ${count} entities due`,
    );
  }

  async pruneEvents(): Promise<void> {
    const count = await this.options.events.deleteOlderThan({
      days: REMEMBERED_DAYS,
    });
    if (count > 0) {
      this.options.logger.info(`Forgot ${count} webhook events`);
    }
  }
}
