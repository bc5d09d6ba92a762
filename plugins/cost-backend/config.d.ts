export interface Config {
  cost?: {
    /**
     * Seconds between two looks at the charges of the last three days, from 10
     * to 86400. Older days of this month and the one before are looked at once
     * a day. Default: 3600.
     */
    refreshSeconds?: number;
    /**
     * Full months before the running one whose charges are read once, from 0 to
     * 13. Default: 13.
     */
    backfillMonths?: number;
    /**
     * US dollars by which a day must cost more than usual to be marked as
     * unusual and told to the owners, from 0.01 to 1000000. Default: 1.
     */
    leastAnomalyUsd?: number;
    /**
     * Services, as the charges name them, whose consumed quantity is the number
     * of requests served; the cost per 1,000 requests is taken from them.
     * Default: Edge Requests.
     */
    requestServices?: string[];
  };
  /** How to reach Vercel, whose charges are read. */
  vercel: {
    /**
     * Access token whose role in the team may read billing.
     * @visibility secret
     */
    token: string;
    /** Default: https://api.vercel.com */
    apiBaseUrl?: string;
    /** Team whose charges are read. */
    teamId?: string;
  };
}
