import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { DEPLOYMENTS_DEPLOYMENT_TOPIC } from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import type { EntityStore } from '../database/EntityStore';
import type { SloFileService } from '../services/SloFileService';

const payloadSchema = z.object({
  entityRef: z.string().min(1),
  environment: z.literal('production'),
});

/**
 * Reads the OpenSLO files that are due every 10 seconds, in one replica at a
 * time. A production deployment makes one due: its commit may have changed it.
 */
export async function scheduleReadFilesJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  files: SloFileService;
  entities: Pick<EntityStore, 'requestFile'>;
}): Promise<void> {
  const { scheduler, events, files, entities } = options;
  await scheduler.scheduleTask({
    id: 'read-files',
    frequency: { seconds: 10 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 5 },
    fn: signal => files.readDueFiles(signal),
  });
  await events.subscribe({
    id: 'slo-read-files',
    topics: [DEPLOYMENTS_DEPLOYMENT_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const parsed = payloadSchema.safeParse(eventPayload);
      if (parsed.success) await entities.requestFile(parsed.data.entityRef);
    },
  });
}
