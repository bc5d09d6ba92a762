import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { DEPLOYMENTS_DEPLOYMENT_TOPIC } from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import type { ScanService } from '../services/ScanService';

/** Where Backstage's GitHub events module tells of pushes, when installed. */
const PUSH_TOPIC = 'github.push';

const pushSchema = z.object({
  repository: z.object({ full_name: z.string().min(1) }),
});

const deploymentSchema = z.object({
  entityRef: z.string().min(1),
  state: z.string(),
});

/**
 * Looks at what is due. Every replica does so each second; leases in the
 * database share the work out. A push or a finished deployment makes the
 * sources of its entities due at once.
 */
export async function scheduleScanEntitiesJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  scanning: ScanService;
}): Promise<void> {
  const { scheduler, events, scanning } = options;
  await scheduler.scheduleTask({
    id: 'scan-entities',
    frequency: { seconds: 1 },
    timeout: { minutes: 60 },
    scope: 'local',
    fn: signal => scanning.scanDue(signal),
  });
  await events.subscribe({
    id: 'security-findings-scan-entities',
    topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC, PUSH_TOPIC],
    onEvent: async ({ topic, eventPayload }) => {
      if (topic === PUSH_TOPIC) {
        const push = pushSchema.safeParse(eventPayload);
        if (push.success) {
          const repository = push.data.repository.full_name.toLowerCase();
          await scanning.requestScan({ repository });
        }
        return;
      }
      const deployment = deploymentSchema.safeParse(eventPayload);
      if (deployment.success && deployment.data.state === 'ready') {
        await scanning.requestScan({ entityRef: deployment.data.entityRef });
      }
    },
  });
}
