export interface Config {
  auth?: {
    /**
     * The ways to sign in. The page offers GitHub when `github` is here, and
     * the guest when `guest` is here or nothing else is.
     */
    providers?: {
      /** @visibility frontend */
      github?: object;
      /** @visibility frontend */
      guest?: object;
    };
  };
}
