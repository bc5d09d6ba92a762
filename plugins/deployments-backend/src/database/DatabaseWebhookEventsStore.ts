import type { Knex } from 'knex';
import { WEBHOOK_EVENTS } from './tables';
import type { WebhookEventsStore } from './WebhookEventsStore';

/**
 * Keeps webhook events in PostgreSQL, so that a repeat is noticed whichever
 * replica receives it.
 */
export class DatabaseWebhookEventsStore implements WebhookEventsStore {
  constructor(private readonly knex: Knex) {}

  async insert(event: { provider: string; eventId: string }): Promise<boolean> {
    const inserted: unknown[] = await this.knex(WEBHOOK_EVENTS)
      .insert({ provider: event.provider, event_id: event.eventId })
      .onConflict(['provider', 'event_id'])
      .ignore()
      .returning('event_id');
    return inserted.length > 0;
  }

  async deleteOlderThan(options: { days: number }): Promise<number> {
    return this.knex(WEBHOOK_EVENTS)
      .whereRaw("received_at < now() - ? * interval '1 day'", [options.days])
      .delete();
  }
}
