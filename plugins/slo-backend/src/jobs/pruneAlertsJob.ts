import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { AlertStore } from '../database/AlertStore';

const KEEP_MS = 90 * 86_400_000;

/** Forgets alerts that ended 90 days ago, once an hour. */
export async function schedulePruneAlertsJob(options: {
  scheduler: SchedulerService;
  alerts: Pick<AlertStore, 'deleteEndedBefore'>;
}): Promise<void> {
  const { scheduler, alerts } = options;
  await scheduler.scheduleTask({
    id: 'prune-alerts',
    frequency: { hours: 1 },
    timeout: { minutes: 5 },
    initialDelay: { minutes: 2 },
    fn: async () => {
      await alerts.deleteEndedBefore(new Date(Date.now() - KEEP_MS));
    },
  });
}
