import type { Knex } from 'knex';
import { WEBHOOK_EVENTS } from './tables';
import type { WebhookEvent, WebhookEventsStore } from './WebhookEventsStore';

/**
 * Keeps webhook events in PostgreSQL, so that a repeat is noticed whichever
 * replica receives it.
 */
export class DatabaseWebhookEventsStore implements WebhookEventsStore {
  constructor(private readonly knex: Knex) {}

  async has({ provider, eventId }: WebhookEvent): Promise<boolean> {
    const found: unknown = await this.knex(WEBHOOK_EVENTS)
      .where({ provider, event_id: eventId })
      .first('event_id');
    return found !== undefined;
  }

  async insert({ provider, eventId }: WebhookEvent): Promise<void> {
    await this.knex(WEBHOOK_EVENTS)
      .insert({ provider, event_id: eventId })
      .onConflict(['provider', 'event_id'])
      .ignore();
  }

  async deleteOlderThan(options: { days: number }): Promise<number> {
    return this.knex(WEBHOOK_EVENTS)
      .whereRaw("received_at < now() - ? * interval '1 day'", [options.days])
      .delete();
  }
}
