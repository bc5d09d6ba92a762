import type { SchedulerService } from '@backstage/backend-plugin-api';

/**
 * Sees to it that Vercel's drains deliver to us: at the start and every ten
 * minutes, because Vercel may be away when we start.
 */
export async function scheduleEnsureDrainsJob(options: {
  scheduler: SchedulerService;
  drains: { ensureDrains(request: { drainUrl: string }): Promise<void> };
  drainUrl: string;
}): Promise<void> {
  const { scheduler, drains, drainUrl } = options;
  await scheduler.scheduleTask({
    id: 'ensure-drains',
    frequency: { minutes: 10 },
    timeout: { minutes: 2 },
    fn: () => drains.ensureDrains({ drainUrl }),
  });
}
