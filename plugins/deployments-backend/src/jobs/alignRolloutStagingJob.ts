import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { StagingService } from '../services/rollouts/StagingService';

/**
 * Tells the providers every 5 seconds whose deployments wait for a rollout,
 * in one replica at a time.
 */
export async function scheduleAlignRolloutStagingJob(options: {
  scheduler: SchedulerService;
  staging: StagingService;
}): Promise<void> {
  const { scheduler, staging } = options;
  await scheduler.scheduleTask({
    id: 'align-rollout-staging',
    frequency: { seconds: 5 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 5 },
    fn: signal => staging.alignAll(signal),
  });
}
