export interface Config {
  /** How to reach Vercel. */
  vercel: {
    /**
     * Access token that may read the projects of the team, create deployments
     * and, for `deployments.vercel.webhookUrl`, webhooks.
     * @visibility secret
     */
    token: string;
    /** Default: https://api.vercel.com */
    apiBaseUrl?: string;
    /**
     * Team of projects whose entities name none, and the only one that entities
     * from repositories may name.
     */
    teamId?: string;
  };
  deployments?: {
    /**
     * 32 random bytes in base64, with which the secrets of webhooks are sealed
     * in the database. Default: `forks.encryptionKey`.
     * @visibility secret
     */
    encryptionKey?: string;
    vercel?: {
      /**
       * URL under which Vercel reaches this backend, ending in
       * `/api/deployments/webhooks/vercel`. When it is set, the webhook is made
       * at the start. Without it changes are seen at the next reconcile.
       */
      webhookUrl?: string;
      /**
       * Secret of a webhook that was made by hand, for tokens that may not make
       * one.
       * @visibility secret
       */
      webhookSecret?: string;
      /**
       * Lets the file of an entity name any project and team that the token
       * reaches. Otherwise a file in a repository may name only projects that
       * are linked to that repository at Vercel. Set it only where everybody
       * who may write to a repository of the catalog may act on every project.
       * Default: false.
       */
      trustAnnotations?: boolean;
    };
  };
}
