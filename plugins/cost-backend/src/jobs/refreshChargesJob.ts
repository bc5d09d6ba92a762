import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { IngestService } from '../services/IngestService';

/** Reads the charges that are due, in one replica at a time. */
export async function scheduleRefreshChargesJob(options: {
  scheduler: SchedulerService;
  ingest: IngestService;
  refreshSeconds: number;
}): Promise<void> {
  const { scheduler, ingest, refreshSeconds } = options;
  await scheduler.scheduleTask({
    id: 'refresh-charges',
    frequency: { seconds: refreshSeconds },
    initialDelay: { seconds: 5 },
    timeout: { minutes: 60 },
    scope: 'global',
    fn: async signal => {
      await ingest.refresh({}, signal as AbortSignal);
    },
  });
}
