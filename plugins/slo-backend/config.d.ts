export interface Config {
  slo?: {
    /**
     * Seconds between two evaluations of an SLO with traffic, from 5 to 600.
     * New requests are evaluated within seconds anyway. Default: 15.
     */
    evaluationSeconds?: number;
    /**
     * Seconds between two looks at an OpenSLO file, from 15 to 86400. It is
     * also read when a production deployment changes. Default: 300.
     */
    fileRefreshSeconds?: number;
    /**
     * An alert begins only when the long window holds so many bad requests,
     * from 1 to 100000. Default: 5.
     */
    minimumBadRequests?: number;
    /**
     * Shortens the windows of all alerts, from 0.01 to 1, to rehearse them: with
     * 0.1 the windows of an hour and five minutes are six minutes and one.
     * Default: 1.
     */
    alertWindowScale?: number;
    /**
     * Exact paths whose requests count nowhere, such as those of probes.
     * Default: ['/healthz', '/metrics'].
     */
    ignoredPaths?: string[];
    /**
     * 32 random bytes in base64, with which the secrets of drains are sealed in
     * the database. Default: `forks.encryptionKey`.
     * @visibility secret
     */
    encryptionKey?: string;
    vercel?: {
      /**
       * URL under which Vercel reaches this backend, ending in
       * `/api/slo/drains/vercel`. When it is set, the drains are made with
       * `vercel.token`, and made again when they are gone. Their secrets need an
       * encryption key, or `drainSecret`.
       */
      drainUrl?: string;
      /**
       * Secret of drains that were made by hand, for tokens that may not make
       * them; at least 16 characters.
       * @visibility secret
       */
      drainSecret?: string;
    };
    /**
     * A Prometheus whose counts and alerts are used, beside Vercel's drains.
     * OpenSLO files can query every series that its token sees, so whoever writes
     * one can read them: put a proxy that enforces labels in between, such as
     * prom-label-proxy, when some are not for all.
     */
    prometheus?: {
      /** Without `/api/v1`. */
      url: string;
      /** @visibility secret */
      token?: string;
      /**
       * Label of an alert with the ref of its entity, or the name of a
       * component. Default: entity_ref.
       */
      entityLabel?: string;
    };
  };
  integrations?: {
    /**
     * The `host` of the first is where the repositories are looked for of
     * entities that the catalog has from no URL. Default: github.com.
     */
    github?: Array<{ host?: string }>;
  };
  /** How to reach Vercel; needed for `slo.vercel.drainUrl`. */
  vercel?: {
    /**
     * Access token that may make drains.
     * @visibility secret
     */
    token?: string;
    /** Default: https://api.vercel.com */
    apiBaseUrl?: string;
    /** Team of the projects. */
    teamId?: string;
  };
}
