import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { z } from 'zod';
import type { ProjectService } from '../services/ProjectService';
import type { SloFileService } from '../services/SloFileService';

/** Topic on which forks tell of themselves; any sender may use it. */
const FORKS_TOPIC = 'forks.fork';

const payloadSchema = z.object({ entityRef: z.string().min(1) });

/**
 * Looks every 30 seconds, in one replica at a time, which entities have an
 * OpenSLO file and whose projects are whose, and at once at an entity that an
 * event names.
 */
export async function scheduleDiscoverEntitiesJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  files: SloFileService;
  projects: ProjectService;
}): Promise<void> {
  const { scheduler, events, files, projects } = options;
  await scheduler.scheduleTask({
    id: 'discover-entities',
    frequency: { seconds: 30 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 3 },
    fn: signal => files.discoverEntities(signal),
  });
  await scheduler.scheduleTask({
    id: 'refresh-projects',
    frequency: { seconds: 30 },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 5 },
    fn: signal => projects.refreshProjects(signal),
  });
  await events.subscribe({
    id: 'slo-discover-entities',
    topics: [FORKS_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const parsed = payloadSchema.safeParse(eventPayload);
      if (parsed.success) await files.trackEntity(parsed.data);
    },
  });
}
