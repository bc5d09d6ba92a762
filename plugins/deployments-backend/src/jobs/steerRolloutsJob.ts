import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { RolloutController } from '../services/rollouts/RolloutController';
import type { StepRequests } from '../services/rollouts/StepRequests';

/**
 * Steers the rollouts that are due, and at once those of which somebody asks
 * something. Every replica looks each second; leases in the database share the
 * work out.
 */
export async function scheduleSteerRolloutsJob(options: {
  scheduler: SchedulerService;
  controller: RolloutController;
  steps: StepRequests;
  logger: LoggerService;
}): Promise<void> {
  const { scheduler, controller, steps, logger } = options;
  await scheduler.scheduleTask({
    id: 'steer-rollouts',
    frequency: { seconds: 1 },
    timeout: { minutes: 30 },
    scope: 'local',
    fn: signal => controller.steerDue(signal),
  });
  steps.onRequest(id => {
    controller
      .steerOne(id)
      .catch(error =>
        logger.warn(
          `Could not steer rollout '${id}' at once; it is looked at again within seconds: ${error}`,
        ),
      );
  });
}
