import type { Status } from '@forkyard/frontend-kit';
import type {
  Alert,
  AlertSeverity,
  AlertSource,
} from '@forkyard/plugin-incidents-common';

export const severityWords: Record<AlertSeverity, string> = {
  page: 'Page',
  ticket: 'Ticket',
};

export const sourceWords: Record<AlertSource, string> = {
  slo: 'an SLO',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
};

/** Reduces an alert to the status language. */
export function alertStatus(alert: Alert): { status: Status; label: string } {
  if (alert.state === 'resolved') {
    return { status: 'healthy', label: 'Resolved' };
  }
  return {
    status: alert.severity === 'page' ? 'failing' : 'degraded',
    label: alert.state === 'acknowledged' ? 'Acknowledged' : 'Firing',
  };
}

/** Gives the address parameters by which the tab opens an alert. */
export function alertQuery({ id, runbook }: Alert): URLSearchParams {
  return new URLSearchParams(runbook ? { runbook, alert: id } : { alert: id });
}

/** Names a user without namespace and kind. */
export function personName(entityRef: string): string {
  return entityRef.split('/').pop() ?? entityRef;
}

/** Who does what nobody pressed: the portal, and the sources of alerts. */
const programNames: Record<string, string> = {
  forkyard: 'Forkyard',
  slo: 'SLO',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
};

/** Names a person, or the program that did something. */
export function whoName(who: string): string {
  return programNames[who] ?? personName(who);
}
