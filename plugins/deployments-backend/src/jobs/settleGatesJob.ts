import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { GateConclusions } from '../services/gates/GateConclusions';

/**
 * Closes the gates of rollouts whose end nobody told of, and tells outside what
 * could not be told before.
 */
export async function scheduleSettleGatesJob(options: {
  scheduler: SchedulerService;
  conclusions: GateConclusions;
}): Promise<void> {
  const { scheduler, conclusions } = options;
  await scheduler.scheduleTask({
    id: 'settle-gates',
    frequency: { seconds: 15 },
    timeout: { minutes: 10 },
    fn: signal => conclusions.settleDue(signal),
  });
}
