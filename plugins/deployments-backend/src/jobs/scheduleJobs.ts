import { scheduleAlignEnvironmentsJob } from './alignEnvironmentsJob';
import { scheduleAlignRolloutStagingJob } from './alignRolloutStagingJob';
import { scheduleDiscoverEntitiesJob } from './discoverEntitiesJob';
import { schedulePruneWebhookEventsJob } from './pruneWebhookEventsJob';
import { scheduleReadCommitsJob } from './readCommitsJob';
import { scheduleReadDeliveryFilesJob } from './readDeliveryFilesJob';
import { scheduleReconcileEntitiesJob } from './reconcileEntitiesJob';
import { scheduleSettleGatesJob } from './settleGatesJob';
import { scheduleStartRolloutsJob } from './startRolloutsJob';
import { scheduleSteerRolloutsJob } from './steerRolloutsJob';
import { scheduleThinRolloutPointsJob } from './thinRolloutPointsJob';

type Options = Parameters<typeof scheduleDiscoverEntitiesJob>[0] &
  Parameters<typeof scheduleReconcileEntitiesJob>[0] &
  Parameters<typeof schedulePruneWebhookEventsJob>[0] &
  Parameters<typeof scheduleReadDeliveryFilesJob>[0] &
  Parameters<typeof scheduleAlignEnvironmentsJob>[0] &
  Parameters<typeof scheduleReadCommitsJob>[0] &
  Parameters<typeof scheduleAlignRolloutStagingJob>[0] &
  Parameters<typeof scheduleSettleGatesJob>[0] &
  Parameters<typeof scheduleStartRolloutsJob>[0] &
  Parameters<typeof scheduleSteerRolloutsJob>[0] &
  Parameters<typeof scheduleThinRolloutPointsJob>[0];

/** Schedules all jobs of the plugin. */
export async function scheduleJobs(options: Options): Promise<void> {
  await scheduleDiscoverEntitiesJob(options);
  await scheduleReconcileEntitiesJob(options);
  await schedulePruneWebhookEventsJob(options);
  await scheduleReadDeliveryFilesJob(options);
  await scheduleAlignEnvironmentsJob(options);
  await scheduleReadCommitsJob(options);
  await scheduleAlignRolloutStagingJob(options);
  await scheduleSettleGatesJob(options);
  await scheduleStartRolloutsJob(options);
  await scheduleSteerRolloutsJob(options);
  await scheduleThinRolloutPointsJob(options);
}
