export interface Config {
  deployments?: {
    /**
     * Seconds between two looks at a project where nothing is happening, from 5
     * to 3600. While something is queued or building the provider is asked
     * every 2 seconds, and after failures more and more rarely. Default: 30.
     */
    reconcileSeconds?: number;
    /** How rollouts are steered. */
    rollouts?: {
      /**
       * Seconds between two steps of a rollout, from 1 to 60. At each step the
       * provider is looked at, requests are counted and judged. Default: 5.
       */
      tickSeconds?: number;
      /**
       * Minutes that the provider has for moving traffic, from 1 to 120; after
       * that all traffic is sent back. Default: 10.
       */
      moveMinutes?: number;
      /**
       * Minutes for which a rollout is held, for lack of requests, counts or an
       * approval, before its owners are told, from 1 to 1440. Default: 30.
       */
      heldNoticeMinutes?: number;
      /**
       * Days for which every point of the charts of an ended rollout is kept,
       * from 1 to 3650; after that one a minute is. Transitions, which are the
       * audit, are kept for good. Default: 30.
       */
      pointsDays?: number;
    };
    /** forkyard.yaml, which says how an entity is rolled out. */
    delivery?: {
      /**
       * Seconds between two looks at a forkyard.yaml, from 15 to 86400. It is
       * also read when a deployment changes and before a rollout. Default: 300.
       */
      refreshSeconds?: number;
    };
    approvals?: {
      /**
       * Hours for which an approval may be given, from 1 to 336. After that it
       * has expired and the rollout ends. Default: 24.
       */
      expiresHours?: number;
    };
    /**
     * When no new version gets traffic in production. Each window is either
     * one time span (`from`, `to`) or repeats weekly (`weekly`).
     */
    freezeWindows?: Array<{
      /** Shown to those who wait, for example `Black Friday`. */
      name: string;
      /** ISO 8601 with an offset, for example `2026-11-27T00:00:00+01:00`. */
      from?: string;
      /** ISO 8601 with an offset; the window is over at this moment. */
      to?: string;
      weekly?: {
        /** Days on which it begins: `mon` ... `sun`. */
        days: string[];
        /** `HH:MM`, local time. */
        from: string;
        /** `HH:MM` up to `24:00`; when it is not after `from`, it is of the next day. */
        to: string;
      };
      /** IANA name for `weekly`, for example `Europe/Berlin`. Default: `UTC`. */
      timeZone?: string;
      /** Only these entities; each that is given must match. Default: all. */
      entities?: {
        /** Entity refs, for example `component:default/shop`. */
        refs?: string[];
        /** Entity refs of owners, for example `group:default/shop`. */
        owners?: string[];
        /** Entity refs of systems, for example `system:default/demo`. */
        systems?: string[];
        /** Values of the label `forkyard.dev/tier`. */
        tiers?: string[];
      };
    }>;
  };
}
