/**
 * The words to which every list, card and header reduces what it knows.
 *
 * The same union as the one on the wire, repeated here because the kit knows
 * no domain.
 *
 * @public
 */
export type Status =
  'healthy' | 'degraded' | 'failing' | 'in-progress' | 'waiting' | 'unknown';

/** Order of urgency, the worst first. @public */
export const statuses = [
  'failing',
  'degraded',
  'waiting',
  'in-progress',
  'unknown',
  'healthy',
] as const satisfies readonly Status[];

/** The word a reader sees. @public */
export const statusLabels: Record<Status, string> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  failing: 'Failing',
  'in-progress': 'In progress',
  waiting: 'Waiting for you',
  unknown: 'Unknown',
};

/** Token of the theme that colors the icon. @public */
export const statusColors: Record<Status, string> = {
  healthy: 'success.main',
  degraded: 'warning.main',
  failing: 'error.main',
  'in-progress': 'info.main',
  waiting: 'secondary.main',
  unknown: 'text.secondary',
};
