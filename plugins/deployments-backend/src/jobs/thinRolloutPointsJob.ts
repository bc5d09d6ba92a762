import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { RolloutRetention } from '../services/rollouts/RolloutRetention';

/**
 * Thins the points of old rollouts once an hour, in one replica at a time.
 */
export async function scheduleThinRolloutPointsJob(options: {
  scheduler: SchedulerService;
  retention: RolloutRetention;
}): Promise<void> {
  const { scheduler, retention } = options;
  await scheduler.scheduleTask({
    id: 'thin-rollout-points',
    frequency: { hours: 1 },
    timeout: { minutes: 10 },
    initialDelay: { minutes: 2 },
    fn: signal => retention.thinOldPoints(signal),
  });
}
