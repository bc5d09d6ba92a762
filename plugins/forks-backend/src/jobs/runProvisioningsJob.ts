import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { ProvisioningExecutor } from '../services/ProvisioningExecutor';

/**
 * Looks every second, on every replica, for provisionings that are due: after a
 * crash, a retry or a request at another replica.
 */
export async function scheduleRunProvisioningsJob(options: {
  scheduler: SchedulerService;
  executor: ProvisioningExecutor;
}): Promise<void> {
  await options.scheduler.scheduleTask({
    id: 'run-provisionings',
    scope: 'local',
    frequency: { seconds: 1 },
    timeout: { seconds: 30 },
    fn: async () => options.executor.startDue(),
  });
}
