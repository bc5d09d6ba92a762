import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { Dora } from '../services/dora/createDora';

/**
 * Once a minute notes which commits have had production's traffic, and asks when
 * they were made.
 */
export async function scheduleReadCommitsJob(options: {
  scheduler: SchedulerService;
  dora: Pick<Dora, 'history' | 'commitTimes'>;
}): Promise<void> {
  const { scheduler, dora } = options;
  await scheduler.scheduleTask({
    id: 'read-commits',
    frequency: { minutes: 1 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 20 },
    fn: async signal => {
      await dora.history.refreshMoved();
      await dora.commitTimes.readDueCommits(signal);
    },
  });
}
