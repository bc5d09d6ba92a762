import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { SummaryService } from '../services/SummaryService';

/**
 * Counts everything anew every five minutes: findings become overdue by
 * themselves, and a process may have died between a change and its count.
 */
export async function scheduleUpdateSummariesJob(options: {
  scheduler: SchedulerService;
  summaries: SummaryService;
}): Promise<void> {
  const { scheduler, summaries } = options;
  await scheduler.scheduleTask({
    id: 'update-summaries',
    frequency: { minutes: 5 },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 30 },
    fn: signal => summaries.updateAll(signal),
  });
}
