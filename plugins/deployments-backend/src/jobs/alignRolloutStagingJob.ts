import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  DEPLOYMENTS_DEPLOYMENT_TOPIC,
  type DeploymentEventPayload,
} from '@forkyard/plugin-deployments-common';
import type { StagingService } from '../services/rollouts/StagingService';

/**
 * Tells the providers every 5 seconds whose deployments wait for a rollout, in
 * one replica at a time, and at once when a version begins to be built.
 */
export async function scheduleAlignRolloutStagingJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  staging: StagingService;
}): Promise<void> {
  const { scheduler, events, staging } = options;
  await scheduler.scheduleTask({
    id: 'align-rollout-staging',
    frequency: { seconds: 5 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 5 },
    fn: signal => staging.alignAll(signal),
  });
  await events.subscribe({
    id: 'deployments-align-rollout-staging',
    topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const { entityRef, deploymentId, environment, state } =
        eventPayload as DeploymentEventPayload;
      const isBuilding = state === 'queued' || state === 'building';
      if (environment === 'production' && isBuilding) {
        await staging.stageEntity({ entityRef, deploymentId });
      }
    },
  });
}
