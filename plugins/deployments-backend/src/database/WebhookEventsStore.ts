/** An event by the provider's own id. */
export interface WebhookEvent {
  provider: string;
  eventId: string;
}

/**
 * Remembers which deliveries of providers were acted on.
 */
export interface WebhookEventsStore {
  has(event: WebhookEvent): Promise<boolean>;
  /** Does nothing when the event was inserted before. */
  insert(event: WebhookEvent): Promise<void>;
  /** Forgets events older than this; providers do not retry that long. */
  deleteOlderThan(options: { days: number }): Promise<number>;
}
