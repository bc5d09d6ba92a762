import type { Status } from '@forkyard/frontend-kit';
import type { AlertSeverity } from '@forkyard/plugin-incidents-common';

/** What fires at an entity, at least one alert. */
export interface FiringAlerts {
  count: number;
  /** Whether more fire than were counted. */
  hasMore: boolean;
  /** Of the worst of them. */
  severity: AlertSeverity;
}

/** Counts what fires: “2 alerts are firing”. */
export function describeFiring({ count, hasMore }: FiringAlerts): string {
  if (hasMore) return `More than ${count} alerts are firing`;
  return count === 1 ? '1 alert is firing' : `${count} alerts are firing`;
}

/**
 * Lets nothing that serves look well while an alert fires. The portfolio judges
 * alike: one that wakes people is failing, a lesser one degraded.
 */
export function judgeByAlerts<T extends { status: Status; label?: string }>(
  described: T,
  firing: FiringAlerts | undefined,
): T {
  if (!firing || described.status !== 'healthy') return described;
  return {
    ...described,
    status: firing.severity === 'page' ? 'failing' : 'degraded',
    label: undefined,
  };
}
