export interface Config {
  /** One list of the security findings of each entity. */
  securityFindings?: {
    github?: {
      /**
       * Which entry of `integrations.github` to use; its `apiBaseUrl` and its
       * token or GitHub App come from there. Default `github.com`.
       */
      host?: string;
    };
    /** Minutes between two looks at a source, 1 to 1440. Default 15. */
    refreshMinutes?: number;
    /**
     * Beginnings of the locations of catalog files, for example
     * `https://github.com/acme/catalog/`, that may name any repository in
     * `github.com/project-slug`. Files elsewhere may only name the repository
     * that they are in, because its findings become visible on their entity.
     */
    trustedLocations?: string[];
    /**
     * Days to fix a finding by its severity, 1 to 3650. Defaults 7, 30, 90 and
     * 180; findings of unknown severity have no due date unless one is set.
     */
    dueDays?: {
      critical?: number;
      high?: number;
      medium?: number;
      low?: number;
      unknown?: number;
    };
    /** Our own scans. */
    scans?: {
      /** Secrets in the files of the default branch. Default true. */
      secrets?: boolean;
      /** Licenses of the packages in `package-lock.json` files. Default true. */
      licenses?: boolean;
      /** Security headers of the live URL. Default true. */
      headers?: boolean;
    };
    licenses?: {
      /**
       * SPDX ids that packages may have. Default: MIT, ISC, BSD, Apache-2.0 and
       * other permissive ones; see the README.
       */
      allow?: string[];
    };
  };
}
