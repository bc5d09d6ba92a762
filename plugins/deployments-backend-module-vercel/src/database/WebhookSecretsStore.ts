/** A subscription that we made, with the secret that Vercel told only once. */
export interface WebhookSecret {
  /** Vercel's id of the subscription. */
  webhookId: string;
  url: string;
  secret: string;
}

/**
 * Holds the secrets with which Vercel signs what it sends us.
 */
export interface WebhookSecretsStore {
  list(): Promise<WebhookSecret[]>;
  insert(secret: WebhookSecret): Promise<void>;
  /**
   * Runs alone among all replicas. `work` should be short, because a database
   * connection is held meanwhile.
   */
  runAlone(work: () => Promise<void>): Promise<void>;
}
