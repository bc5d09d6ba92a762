import type { Alert } from './types';

/** Topic of the Backstage events service that tells of alerts. @public */
export const INCIDENTS_INCIDENT_TOPIC = 'incidents.incident';

/**
 * Payload of {@link INCIDENTS_INCIDENT_TOPIC}, published when an alert began to
 * fire, was acknowledged or was resolved. A nudge, never the only way to learn.
 *
 * @public
 */
export type IncidentEventPayload = {
  change: 'fired' | 'acknowledged' | 'resolved';
  alert: Alert;
};

/** Signal channel on which the pages of one entity refresh. @public */
export function incidentsSignalChannel(entityRef: string): string {
  return `incidents:entity:${entityRef}`;
}

/**
 * Signal channel on which lists of all that fires refresh. Everybody hears it,
 * so its messages are empty: who hears one asks for what they may see.
 *
 * @public
 */
export const INCIDENTS_FIRING_CHANNEL = 'incidents:firing';

/** Says which alert or run to ask for again. @public */
export type IncidentsSignal = {
  entityRef: string;
  alertId?: string;
  runId?: string;
};
