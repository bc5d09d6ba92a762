import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { DEPLOYMENTS_DEPLOYMENT_TOPIC } from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import type { DeliveryFileReader } from '../services/delivery/DeliveryFileReader';

const payloadSchema = z.object({ entityRef: z.string().min(1) });

/**
 * Reads the delivery files that are due every 10 seconds, in one replica at a
 * time. A deployment makes one due: its commit may have changed it.
 */
export async function scheduleReadDeliveryFilesJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  deliveryFiles: DeliveryFileReader;
}): Promise<void> {
  const { scheduler, events, deliveryFiles } = options;
  await scheduler.scheduleTask({
    id: 'read-delivery-files',
    frequency: { seconds: 10 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 5 },
    fn: signal => deliveryFiles.readDueFiles(signal),
  });
  await events.subscribe({
    id: 'deployments-read-delivery-files',
    topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const parsed = payloadSchema.safeParse(eventPayload);
      if (parsed.success) {
        await deliveryFiles.requestRead(parsed.data.entityRef);
      }
    },
  });
}
