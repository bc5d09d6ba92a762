import type { SloAlert } from './types';

/** Topic of the Backstage events service that tells of alerts. @public */
export const SLO_ALERT_TOPIC = 'slo.alert';

/**
 * Payload of {@link SLO_ALERT_TOPIC}, published when an alert begins to fire or
 * is resolved. A nudge, never the only way to learn.
 *
 * @public
 */
export type SloAlertEventPayload = SloAlert;

/** Signal channel on which the SLO pages of one entity refresh. @public */
export function sloSignalChannel(entityRef: string): string {
  return `slo:entity:${entityRef}`;
}

/** @public */
export type SloSignal = { entityRef: string };
