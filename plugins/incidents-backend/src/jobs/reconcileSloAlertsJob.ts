import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { SLO_ALERT_TOPIC } from '@forkyard/plugin-slo-common';
import { z } from 'zod';
import type { SloAlertsReconciler } from '../services/SloAlertsReconciler';

const payloadSchema = z.object({ id: z.string().min(1).max(500) });

/**
 * Asks the slo plugin for its alerts, in one replica at a time, and at once for
 * an alert that an event names.
 */
export async function scheduleReconcileSloAlertsJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  reconciler: SloAlertsReconciler;
  reconcileSeconds: number;
}): Promise<void> {
  const { scheduler, events, reconciler, reconcileSeconds } = options;
  await scheduler.scheduleTask({
    id: 'reconcile-slo-alerts',
    frequency: { seconds: reconcileSeconds },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 5 },
    fn: () => reconciler.reconcile(),
  });
  await events.subscribe({
    id: 'incidents-reconcile-slo-alerts',
    topics: [SLO_ALERT_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const parsed = payloadSchema.safeParse(eventPayload);
      if (parsed.success) await reconciler.reconcileAlert(parsed.data);
    },
  });
}
