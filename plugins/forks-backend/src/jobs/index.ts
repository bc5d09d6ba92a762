import { scheduleDeleteExpiredSecretsJob } from './deleteExpiredSecretsJob';
import { scheduleRefreshForksJob } from './refreshForksJob';
import { scheduleRefreshVitalsJob } from './refreshVitalsJob';
import { scheduleRunProvisioningsJob } from './runProvisioningsJob';

/** Schedules all jobs of the plugin. */
export async function scheduleJobs(
  options: Parameters<typeof scheduleRunProvisioningsJob>[0] &
    Parameters<typeof scheduleRefreshForksJob>[0] &
    Parameters<typeof scheduleRefreshVitalsJob>[0] &
    Parameters<typeof scheduleDeleteExpiredSecretsJob>[0],
): Promise<void> {
  await scheduleRunProvisioningsJob(options);
  await scheduleRefreshForksJob(options);
  await scheduleRefreshVitalsJob(options);
  await scheduleDeleteExpiredSecretsJob(options);
}
