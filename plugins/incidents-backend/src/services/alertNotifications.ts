import { parseEntityRef } from '@backstage/catalog-model';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import type { Alert, AlertsSummary } from '@forkyard/plugin-incidents-common';
import type { Withheld } from '../database/NotificationLimitsStore';

/** What a notification says; Backstage keeps its type to itself. */
export type NotificationPayload = NotificationSendOptions['payload'];

const TOPIC = 'incidents';

/**
 * Says that one alert began or is over. Backstage shows `normal` by a green
 * check, so that nothing which fires is that.
 */
export function describeAlert(
  change: 'fired' | 'resolved',
  alert: Alert,
  entityRef: string,
): NotificationPayload {
  const query = new URLSearchParams({
    ...(alert.runbook && { runbook: alert.runbook }),
    alert: alert.id,
  });
  const isOver = change === 'resolved';
  const severity = alert.severity === 'page' ? 'critical' : 'high';
  const { name } = parseEntityRef(entityRef);
  return {
    title: `${isOver ? 'Resolved' : 'Firing'}: ${alert.title} (${name}, ${alert.severity})`,
    description: alert.summary,
    link: `${pageOf(entityRef)}?${query}`,
    severity: isOver ? 'low' : severity,
    topic: TOPIC,
    // One notification for each alert, which its end replaces.
    scope: `incidents:alert:${alert.id}`,
  };
}

/** Says that notifications are held back, and after an hour how many were. */
export function describeWithheld(
  withheld: Withheld,
  options: { summary?: AlertsSummary; perHour: number },
): NotificationPayload {
  const { entityRef } = withheld;
  const { name } = parseEntityRef(entityRef);
  const firing = options.summary?.firing ?? 0;
  const fires =
    firing === 0
      ? 'Nothing fires now.'
      : `${count(firing, 'alert')} ${firing === 1 ? 'fires' : 'fire'} now.`;
  const why = `At most ${options.perHour} notifications an hour are sent for one entity.`;
  return {
    ...(withheld.isComplete
      ? { title: sumUp(withheld, name), description: `${fires} ${why}` }
      : {
          title: `Many alerts of ${name}: more are held back`,
          description: `${fires} ${why} The rest is on its page at once, and summed up after an hour.`,
        }),
    link: pageOf(entityRef),
    severity: severityOf(withheld, firing),
    topic: TOPIC,
    scope: `incidents:more:${entityRef}`,
  };
}

function sumUp({ alerts, ends }: Withheld, name: string): string {
  return alerts > 0
    ? `${count(alerts, 'more alert')} of ${name} in the last hour`
    : `${count(ends, 'alert')} of ${name} ended in the last hour`;
}

function severityOf({ alerts, pages }: Withheld, firing: number) {
  if (firing === 0 || alerts === 0) return 'low';
  return pages > 0 ? 'critical' : 'high';
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

function pageOf(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return `/catalog/${namespace}/${kind}/${name}/runbooks`.toLowerCase();
}
