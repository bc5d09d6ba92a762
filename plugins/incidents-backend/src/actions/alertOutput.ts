import type { Alert } from '@forkyard/plugin-incidents-common';
import type { z as zod } from 'zod/v3';

/** Shape of an alert in the output of actions. */
export function alertOutputSchema(z: typeof zod) {
  return z.object({
    id: z.string(),
    entityRef: z.string().optional().describe('Absent while unknown'),
    title: z.string(),
    summary: z.string(),
    severity: z.enum(['page', 'ticket']),
    state: z.enum(['firing', 'acknowledged', 'resolved']),
    startsAt: z.string().describe('ISO 8601'),
    endsAt: z.string().optional(),
    acknowledgedBy: z.string().optional(),
    runbook: z.string().optional().describe('Path in the repository'),
  });
}

/** Takes what an action tells of an alert. */
export function toAlertOutput(alert: Alert) {
  const { id, entityRef, title, summary, severity, state } = alert;
  const { startsAt, endsAt, acknowledgedBy, runbook } = alert;
  return {
    id,
    entityRef,
    title,
    summary,
    severity,
    state,
    startsAt,
    endsAt,
    acknowledgedBy,
    runbook,
  };
}
