/**
 * Topic of the Backstage events service that tells of findings.
 *
 * @public
 */
export const SECURITY_FINDINGS_FINDING_TOPIC = 'security-findings.finding';

/**
 * Payload of {@link SECURITY_FINDINGS_FINDING_TOPIC}: once for each entity
 * whose findings changed, because one scan may change thousands. A nudge, never
 * the only way to learn.
 *
 * @public
 */
export interface FindingEventPayload {
  entityRef: string;
  /** Findings that are new or open again. */
  opened: number;
  /** Findings that were fixed or waived. */
  closed: number;
  openCritical: number;
  openHigh: number;
  openTotal: number;
}

/** Signal channel on which one entity's findings refresh. @public */
export function securityFindingsSignalChannel(entityRef: string): string {
  return `security-findings:entity:${entityRef}`;
}

/** @public */
export type SecurityFindingsSignal = {
  entityRef: string;
  opened: number;
  closed: number;
};
