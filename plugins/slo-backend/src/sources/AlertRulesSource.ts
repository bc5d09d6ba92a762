/** A rule that raises alerts, as it stands at its source. */
export interface AlertRule {
  name: string;
  /** Whether its last evaluation succeeded. */
  isHealthy: boolean;
  alerts: RuleAlert[];
}

/** An alert that fires. */
export interface RuleAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: Date;
}

/** Lists the alert rules of another system. */
export interface AlertRulesSource {
  /** Throws `ServiceUnavailableError` when the system cannot be asked. */
  listRules(): Promise<AlertRule[]>;
}
