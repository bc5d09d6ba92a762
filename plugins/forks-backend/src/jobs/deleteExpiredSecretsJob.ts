import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { SecretService } from '../services/SecretService';

/**
 * Deletes sealed secrets that nobody has used in time.
 */
export async function scheduleDeleteExpiredSecretsJob(options: {
  scheduler: SchedulerService;
  secrets: SecretService;
  logger: LoggerService;
}): Promise<void> {
  const { scheduler, secrets, logger } = options;
  await scheduler.scheduleTask({
    id: 'delete-expired-secrets',
    frequency: { minutes: 10 },
    timeout: { minutes: 1 },
    initialDelay: { seconds: 30 },
    fn: async () => {
      const count = await secrets.deleteExpiredSecrets();
      if (count > 0) logger.info(`Deleted ${count} sealed secrets unused`);
    },
  });
}
