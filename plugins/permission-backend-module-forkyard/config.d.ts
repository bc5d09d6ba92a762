export interface Config {
  permission?: {
    forkyard?: {
      /**
       * Groups and users who may do everything, for example
       * `group:default/platform`. Default: nobody.
       */
      admins?: string[];
      /**
       * Lets whoever enters as guest do everything. For one person on one
       * machine: the start is refused when `auth.environment` is not
       * `development`. Default: false.
       */
      guestMayDoEverything?: boolean;
    };
  };
}
