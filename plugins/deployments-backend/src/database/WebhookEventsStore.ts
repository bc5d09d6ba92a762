/**
 * Remembers which deliveries of providers were acted on.
 */
export interface WebhookEventsStore {
  /** False when the event was inserted before. */
  insert(event: { provider: string; eventId: string }): Promise<boolean>;
  /** Forgets events older than this; providers do not retry that long. */
  deleteOlderThan(options: { days: number }): Promise<number>;
}
