import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  DEPLOYMENTS_DEPLOYMENT_TOPIC,
  type DeploymentEventPayload,
} from '@forkyard/plugin-deployments-common';
import type { RolloutStarter } from '../services/rollouts/RolloutStarter';

/**
 * Begins rollouts of new versions every ten seconds, and at once when an event
 * tells of one that is ready.
 */
export async function scheduleStartRolloutsJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  starter: RolloutStarter;
}): Promise<void> {
  const { scheduler, events, starter } = options;
  await scheduler.scheduleTask({
    id: 'start-rollouts',
    frequency: { seconds: 10 },
    timeout: { minutes: 5 },
    scope: 'local',
    fn: () => starter.startWaiting(),
  });
  await events.subscribe({
    id: 'deployments-start-rollouts',
    topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const { environment, state } = eventPayload as DeploymentEventPayload;
      if (environment === 'production' && state === 'ready') {
        await starter.startWaiting();
      }
    },
  });
}
