import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { ForkVitalsService } from '../services/ForkVitalsService';

/**
 * Reads what slo, cost, findings and incidents tell of forks, on one replica at
 * a time.
 */
export async function scheduleRefreshVitalsJob(options: {
  scheduler: SchedulerService;
  vitals: ForkVitalsService;
}): Promise<void> {
  await options.scheduler.scheduleTask({
    id: 'refresh-vitals',
    frequency: { seconds: 10 },
    timeout: { minutes: 2 },
    initialDelay: { seconds: 15 },
    fn: signal => options.vitals.refreshVitals({ signal }),
  });
}
