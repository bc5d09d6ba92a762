export interface Config {
  incidents?: {
    /**
     * Seconds between two questions to the slo plugin for its alerts, from 5 to
     * 3600. Events make it quicker. Default: 15.
     */
    reconcileSeconds?: number;
    runbooks?: {
      /**
       * For how many seconds runbooks that were read are shown before the
       * repository is asked again, from 5 to 3600. Default: 60.
       */
      refreshSeconds?: number;
    };
    notifications?: {
      /**
       * How many notifications of single alerts are sent for one entity in any
       * hour, from 2 to 1000; the last quarter is kept for pages. What is more is
       * told of by one notification at once and summed up by one after an hour.
       * Default: 20.
       */
      perEntityAndHour?: number;
    };
    alertmanager?: {
      /**
       * Bearer token that Alertmanager sends to
       * `/api/incidents/webhooks/alertmanager`, at least 16 characters without
       * spaces. Without it that route takes nothing.
       * @visibility secret
       */
      token?: string;
    };
  };
}
