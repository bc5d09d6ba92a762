/**
 * Gives the address of a runbook on the entity's page, opened for an alert: the
 * tab `/runbooks`, which the incidents plugin brings.
 */
export function runbookLink(options: {
  /** Address of the entity's page. */
  entityPath: string;
  /** Path in the repository. */
  runbook: string;
  alertId?: string;
}): string {
  const { entityPath, runbook, alertId } = options;
  const query = new URLSearchParams({ runbook });
  if (alertId) query.set('alert', alertId);
  return `${entityPath.replace(/\/$/, '')}/runbooks?${query}`;
}
