export interface Config {
  /** Making forks of base applications. */
  forks: {
    /** GitHub organization (owner) in which the repositories of forks are made. */
    organization: string;
    /** Base applications on offer, each as `owner/repo`. Others are refused. */
    bases: string[];
    /**
     * Key that seals secrets between the form and the provider: 32 random bytes
     * in base64. Changing it makes secrets that wait unusable.
     * @visibility secret
     */
    encryptionKey: string;
    github?: {
      /**
       * Which entry of `integrations.github` to use; its `apiBaseUrl` and its
       * token or GitHub App come from there. Default `github.com`.
       */
      host?: string;
    };
    hosting?: {
      /** Store that every fork gets. Left out, forks get none. */
      store?: {
        /** Slug or id of the Vercel integration, installed in the team already. */
        integration: string;
        /** Slug or id of its product. */
        product: string;
      };
    };
    /** What a fork is likely to cost, shown in the plan. */
    estimate?: {
      /** US dollars a month. */
      lowUsd: number;
      /** US dollars a month. */
      highUsd: number;
    };
    /** Author of the commit that makes a copy of the base a fork. */
    author?: {
      /** Default `Forkyard`. */
      name?: string;
      /** Default `forkyard@localhost`. */
      email?: string;
    };
    /**
     * Folder for clones of the bases, of this portal alone. It may be emptied at
     * any time. Default: one in the system's folder for temporary files.
     */
    cacheDirectory?: string;
  };
  /** Access to Vercel, shared with the deployments plugin. */
  vercel: {
    /**
     * Access token with the rights of a member of the team.
     * @visibility secret
     */
    token: string;
    /** Default `https://api.vercel.com`. */
    apiBaseUrl?: string;
    /** Team in which projects are made, `team_...`. */
    teamId?: string;
  };
}
