import type { SchedulerService } from '@backstage/backend-plugin-api';

/**
 * Opens once a minute what was waived until then.
 */
export async function scheduleExpireWaiversJob(options: {
  scheduler: SchedulerService;
  service: { expireWaivers(): Promise<void> };
}): Promise<void> {
  const { scheduler, service } = options;
  await scheduler.scheduleTask({
    id: 'expire-waivers',
    frequency: { minutes: 1 },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 20 },
    fn: () => service.expireWaivers(),
  });
}
