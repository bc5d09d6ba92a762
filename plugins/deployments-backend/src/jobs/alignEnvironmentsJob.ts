import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  DEPLOYMENTS_DEPLOYMENT_TOPIC,
  type DeploymentEventPayload,
} from '@forkyard/plugin-deployments-common';
import type { NamedEnvironments } from '../services/delivery/NamedEnvironments';

/**
 * Makes the environments that files name, and deploys to them what was pushed,
 * every 5 seconds; the latter at once when an event tells of it.
 */
export async function scheduleAlignEnvironmentsJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  namedEnvironments: NamedEnvironments;
}): Promise<void> {
  const { scheduler, events, namedEnvironments } = options;
  await scheduler.scheduleTask({
    id: 'align-environments',
    frequency: { seconds: 5 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 6 },
    fn: signal => namedEnvironments.align(signal),
  });
  await events.subscribe({
    id: 'deployments-align-environments',
    topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const { environment, state } = eventPayload as DeploymentEventPayload;
      if (environment === 'production' && state === 'ready') {
        await namedEnvironments.deployPushes();
      }
    },
  });
}
