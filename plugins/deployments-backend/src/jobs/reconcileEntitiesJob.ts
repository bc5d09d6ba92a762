import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { ReconcileService } from '../services/ReconcileService';

/**
 * Asks the providers about what is due. Every replica does so each second;
 * leases in the database share the work out.
 */
export async function scheduleReconcileEntitiesJob(options: {
  scheduler: SchedulerService;
  reconcile: ReconcileService;
}): Promise<void> {
  const { scheduler, reconcile } = options;
  await scheduler.scheduleTask({
    id: 'reconcile-entities',
    frequency: { seconds: 1 },
    timeout: { minutes: 30 },
    scope: 'local',
    fn: signal => reconcile.reconcileDue(signal),
  });
}
