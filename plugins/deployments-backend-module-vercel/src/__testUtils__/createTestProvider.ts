import { createVercelClient } from '@forkyard/backend-kit';
import type {
  WebhookSecret,
  WebhookSecretsStore,
} from '../database/WebhookSecretsStore';
import { VercelApi } from '../VercelApi';
import { VercelDeploymentProvider } from '../VercelDeploymentProvider';
import { VercelWebhooks } from '../webhooks/VercelWebhooks';

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};

/** Keeps webhook secrets in memory. */
export class MemoryWebhookSecretsStore implements WebhookSecretsStore {
  readonly secrets: WebhookSecret[] = [];

  async list() {
    return this.secrets;
  }

  async insert(secret: WebhookSecret) {
    this.secrets.push(secret);
  }

  async runAlone(work: () => Promise<void>) {
    await work();
  }
}

/**
 * Creates a provider that repeats at once, so that failures show soon. With
 * little patience it also waits no longer than half a second.
 */
export function createTestProvider(options: {
  apiBaseUrl: string;
  token?: string;
  teamId?: string;
  configuredSecret?: string;
  withoutStore?: boolean;
  gitHubUrl?: string;
  trustAnnotations?: boolean;
  patience?: 'little' | 'much';
}) {
  const { apiBaseUrl, token = 'token', teamId } = options;
  const client = createVercelClient({
    apiBaseUrl,
    token,
    teamId,
    limits:
      options.patience === 'much'
        ? {}
        : {
            maxAttempts: 2,
            timeoutMs: options.patience === 'little' ? 300 : 60_000,
            initialBackoffMs: 1,
            maxRetryAfterSeconds: 1,
          },
  });
  const secrets = new MemoryWebhookSecretsStore();
  const webhooks = new VercelWebhooks({
    client,
    logger: silent,
    secrets: options.withoutStore ? undefined : secrets,
    configuredSecret: options.configuredSecret,
  });
  const provider = new VercelDeploymentProvider({
    api: new VercelApi(client),
    webhooks,
    gitHubUrl: options.gitHubUrl ?? 'https://github.com',
    trustAnnotations: options.trustAnnotations ?? false,
    waiting:
      options.patience === 'much'
        ? undefined
        : {
            timeoutMs: options.patience === 'little' ? 500 : 60_000,
            intervalMs: 10,
          },
  });
  return { provider, client, secrets };
}
