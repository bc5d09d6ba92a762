import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import { z } from 'zod';
import type { TrackingService } from '../services/TrackingService';

/** Topic on which forks tell of themselves; any sender may use it. */
const FORKS_TOPIC = 'forks.fork';

const payloadSchema = z.object({ entityRef: z.string().min(1) });

/**
 * Looks in the catalog every minute for entities to follow, in one replica at a
 * time, and at once for an entity that an event names.
 */
export async function scheduleDiscoverEntitiesJob(options: {
  scheduler: SchedulerService;
  events: EventsService;
  tracking: TrackingService;
}): Promise<void> {
  const { scheduler, events, tracking } = options;
  await scheduler.scheduleTask({
    id: 'discover-entities',
    frequency: { minutes: 1 },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 5 },
    fn: signal => tracking.discoverEntities(signal),
  });
  await events.subscribe({
    id: 'security-findings-discover-entities',
    topics: [FORKS_TOPIC],
    onEvent: async ({ eventPayload }) => {
      const parsed = payloadSchema.safeParse(eventPayload);
      if (parsed.success) await tracking.trackEntity(parsed.data);
    },
  });
}
