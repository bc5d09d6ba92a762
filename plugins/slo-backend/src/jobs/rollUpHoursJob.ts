import type { SchedulerService } from '@backstage/backend-plugin-api';

/**
 * Adds minutes up by hour, every five minutes and in one replica at a time.
 */
export async function scheduleRollUpHoursJob(options: {
  scheduler: SchedulerService;
  rollups: { rollUpHours(): Promise<void> };
}): Promise<void> {
  const { scheduler, rollups } = options;
  await scheduler.scheduleTask({
    id: 'roll-up-hours',
    frequency: { minutes: 5 },
    timeout: { minutes: 30 },
    initialDelay: { seconds: 30 },
    fn: () => rollups.rollUpHours(),
  });
}
