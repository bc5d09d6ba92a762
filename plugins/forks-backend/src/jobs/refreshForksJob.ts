import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { ForkProjectionService } from '../services/ForkProjectionService';

/**
 * Asks about the deployments of forks that no event has told of lately, on one
 * replica at a time.
 */
export async function scheduleRefreshForksJob(options: {
  scheduler: SchedulerService;
  projections: ForkProjectionService;
}): Promise<void> {
  await options.scheduler.scheduleTask({
    id: 'refresh-forks',
    frequency: { minutes: 1 },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 20 },
    fn: async signal => {
      await options.projections.refreshStaleForks({
        olderThanSeconds: 120,
        signal,
      });
    },
  });
}
