import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { RunExecutor } from '../services/RunExecutor';

/**
 * Takes runs forward every second, on every replica; leases in the database
 * share the work out.
 */
export async function scheduleRunRunbooksJob(options: {
  scheduler: SchedulerService;
  executor: RunExecutor;
}): Promise<void> {
  await options.scheduler.scheduleTask({
    id: 'run-runbooks',
    scope: 'local',
    frequency: { seconds: 1 },
    timeout: { minutes: 30 },
    fn: signal => options.executor.runDue(signal),
  });
}
