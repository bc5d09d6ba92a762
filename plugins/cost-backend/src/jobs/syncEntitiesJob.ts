import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EntitiesService } from '../services/EntitiesService';

/** Follows projects and budgets, in one replica at a time. */
export async function scheduleSyncEntitiesJob(options: {
  scheduler: SchedulerService;
  entitySync: EntitiesService;
}): Promise<void> {
  const { scheduler, entitySync } = options;
  await scheduler.scheduleTask({
    id: 'sync-entities',
    frequency: { seconds: 30 },
    initialDelay: { seconds: 3 },
    timeout: { minutes: 10 },
    scope: 'global',
    fn: signal => entitySync.syncEntities(signal as AbortSignal),
  });
}
