import type {
  Alert,
  AlertSeverity,
  IncidentsApi,
} from '@forkyard/plugin-incidents-common';
import { entityRef } from './deployments';

/** The port of alerts, of which one of each severity fires at the entity. */
export function createAlertsApi(
  severities: AlertSeverity[] = [],
): Pick<IncidentsApi, 'listAlerts'> {
  return {
    listAlerts: async request => ({
      items: request.states?.includes('firing')
        ? severities.map((severity, index) => createAlert(severity, index))
        : [],
    }),
  };
}

function createAlert(severity: AlertSeverity, index: number): Alert {
  return {
    id: `alert-${index}`,
    entityRef,
    source: 'slo',
    fingerprint: `alert-${index}`,
    title: 'Too many errors',
    summary: '',
    severity,
    state: 'firing',
    firingAtSource: true,
    startsAt: '2026-11-20T15:00:00.000Z',
    labels: {},
    updatedAt: '2026-11-20T15:00:00.000Z',
  };
}
