import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { RolloutController } from '../services/rollouts/RolloutController';

/**
 * Steers the rollouts that are due. Every replica does so each second; leases
 * in the database share the work out.
 */
export async function scheduleSteerRolloutsJob(options: {
  scheduler: SchedulerService;
  controller: RolloutController;
}): Promise<void> {
  const { scheduler, controller } = options;
  await scheduler.scheduleTask({
    id: 'steer-rollouts',
    frequency: { seconds: 1 },
    timeout: { minutes: 30 },
    scope: 'local',
    fn: signal => controller.steerDue(signal),
  });
}
