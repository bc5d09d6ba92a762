import type { SchedulerService } from '@backstage/backend-plugin-api';

/**
 * Deletes what is past its time every ten minutes, in one replica at a time.
 */
export async function schedulePruneRollupsJob(options: {
  scheduler: SchedulerService;
  rollups: { prune(): Promise<void> };
}): Promise<void> {
  const { scheduler, rollups } = options;
  await scheduler.scheduleTask({
    id: 'prune-rollups',
    frequency: { minutes: 10 },
    timeout: { minutes: 10 },
    initialDelay: { minutes: 1 },
    fn: () => rollups.prune(),
  });
}
