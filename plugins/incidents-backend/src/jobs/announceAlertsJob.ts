import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { AlertAnnouncer } from '../services/AlertAnnouncer';

/**
 * Tells others of alerts that are due, after a crash or a notification that
 * failed, and repairs the feed of the portfolio once a minute.
 */
export async function scheduleAnnounceAlertsJob(options: {
  scheduler: SchedulerService;
  announcer: AlertAnnouncer;
}): Promise<void> {
  const { scheduler, announcer } = options;
  await scheduler.scheduleTask({
    id: 'announce-alerts',
    scope: 'local',
    frequency: { seconds: 2 },
    timeout: { minutes: 10 },
    fn: () => announcer.announceDue(),
  });
  await scheduler.scheduleTask({
    id: 'refresh-alert-summaries',
    frequency: { minutes: 1 },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 10 },
    fn: () => announcer.refreshSummaries(),
  });
}
