import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  AuthenticationError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  callVercel,
  isSignedByVercel,
  type VercelClient,
} from '@forkyard/backend-kit';
import type { ProviderNudge } from '@forkyard/plugin-deployments-node';
import { webhooksCreateWebhook } from '@vercel/sdk/funcs/webhooksCreateWebhook.js';
import { webhooksDeleteWebhook } from '@vercel/sdk/funcs/webhooksDeleteWebhook.js';
import { webhooksGetWebhooks } from '@vercel/sdk/funcs/webhooksGetWebhooks.js';
import { z } from 'zod';
import type { WebhookSecretsStore } from '../database/WebhookSecretsStore';
import {
  ignoredSchema,
  webhookEventSchema,
  webhookSchema,
} from '../vercelSchemas';

/** Everything after which the projection may be out of date. */
const EVENTS = [
  'deployment.created',
  'deployment.succeeded',
  'deployment.ready',
  'deployment.error',
  'deployment.canceled',
  'deployment.promoted',
  'deployment.rollback',
  'deployment.cleanup',
  'project.rolling-release.started',
  'project.rolling-release.approved',
  'project.rolling-release.completed',
  'project.rolling-release.aborted',
] as const;

/** Stored secrets are read anew after this long, at most. */
const SECRETS_LIFETIME_MS = 10_000;

/**
 * Subscribes to Vercel's webhooks and verifies what arrives.
 *
 * Vercel invents the secret of a subscription and tells it once, in the answer
 * to its creation; so it is kept, sealed, in our database. A subscription made
 * by hand has its secret in the configuration. Both kinds are accepted, which
 * also lets one be replaced by the other without losing a delivery.
 */
export class VercelWebhooks {
  #stored: { secrets: string[]; until: number } = { secrets: [], until: 0 };
  /** Once a process is enough: Vercel may leave out events for ever. */
  #hasReplacedOutdated = false;

  constructor(
    private readonly options: {
      client: VercelClient;
      logger: LoggerService;
      /** Absent without an encryption key: then nothing is subscribed to. */
      secrets?: WebhookSecretsStore;
      configuredSecret?: string;
    },
  ) {}

  async parse(request: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
  }): Promise<ProviderNudge | undefined> {
    await this.#verify(request);
    const event = parseEvent(request.rawBody);
    if (!/^(deployment|project)\./.test(event.type)) return undefined;
    const { payload } = event;
    const projectId = payload.project?.id ?? payload.projectId;
    if (!projectId) return undefined;
    return {
      projectId,
      externalId: payload.deployment?.id ?? payload.deploymentId,
      eventId: event.id,
    };
  }

  /**
   * Subscribes unless a subscription with a known secret is there already. One
   * for our URL whose secret nobody knows is replaced: its deliveries could
   * never be verified. So is one from before there were more events to hear of.
   */
  async ensure({ url }: { url: string }): Promise<void> {
    const { secrets, configuredSecret, logger } = this.options;
    if (!secrets) {
      if (configuredSecret) return;
      throw new InputError(
        "Configuration 'deployments.encryptionKey' is missing, so the secret of a Vercel webhook cannot be kept: set it to 32 random bytes in base64, or make the webhook by hand and set 'deployments.vercel.webhookSecret'.",
      );
    }
    await secrets.runAlone(async () => {
      const existing = (await this.#list()).filter(hook => hook.url === url);
      const known = new Set(
        (await secrets.list()).map(({ webhookId }) => webhookId),
      );
      const usable = existing.filter(({ id }) => known.has(id));
      const isOutdated = !usable.some(({ events }) => hearsAll(events));
      if (usable.length > 0) {
        if (!isOutdated || this.#hasReplacedOutdated) return;
        this.#hasReplacedOutdated = true;
      } else if (existing.length > 0 && configuredSecret) return;
      for (const { id } of existing) await this.#delete(id);
      const created = await this.#create(url);
      await secrets.insert(created);
      this.#stored.until = 0;
      logger.info(`Subscribed to Vercel's webhooks at ${url}`);
    });
  }

  async #verify({
    headers,
    rawBody,
  }: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
  }): Promise<void> {
    const signature = headers['x-vercel-signature'];
    if (typeof signature !== 'string') {
      throw new AuthenticationError(
        "The webhook is not signed: its header 'x-vercel-signature' is missing.",
      );
    }
    const secrets = await this.#listSecrets();
    if (secrets.length === 0) {
      this.options.logger.warn(
        "A webhook arrived, but no secret to verify it is known: set 'deployments.vercel.webhookUrl' or 'deployments.vercel.webhookSecret'",
      );
    }
    if (!isSignedByVercel(secrets, { rawBody: [rawBody], signature })) {
      throw new AuthenticationError(
        'The signature of the webhook is wrong: it was not made with a secret that we share with Vercel.',
      );
    }
  }

  async #listSecrets(): Promise<string[]> {
    const { secrets, configuredSecret } = this.options;
    if (secrets && this.#stored.until < Date.now()) {
      const stored = await secrets.list();
      this.#stored = {
        secrets: stored.map(({ secret }) => secret),
        until: Date.now() + SECRETS_LIFETIME_MS,
      };
    }
    return configuredSecret
      ? [...this.#stored.secrets, configuredSecret]
      : this.#stored.secrets;
  }

  async #list() {
    const { client } = this.options;
    return callVercel(client, {
      what: 'list webhooks',
      run: (core, requestOptions) =>
        webhooksGetWebhooks(core, { teamId: client.teamId }, requestOptions),
      schema: z.array(webhookSchema),
    });
  }

  async #delete(id: string): Promise<void> {
    const { client } = this.options;
    await callVercel(client, {
      what: `delete webhook '${id}'`,
      run: (core, requestOptions) =>
        webhooksDeleteWebhook(
          core,
          { id, teamId: client.teamId },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async #create(url: string) {
    const { client } = this.options;
    const { id, secret } = await callVercel(client, {
      what: `create a webhook for ${url}`,
      // A lost reply would leave a subscription whose secret nobody knows; the
      // next start replaces it.
      retry: 'never',
      run: (core, requestOptions) =>
        webhooksCreateWebhook(
          core,
          {
            teamId: client.teamId,
            requestBody: { url, events: [...EVENTS] },
          },
          requestOptions,
        ),
      schema: webhookSchema,
    });
    if (!secret) {
      throw new ServiceUnavailableError(
        `Vercel created webhook '${id}' without telling its secret, so its deliveries cannot be verified. Delete it at Vercel and start again.`,
      );
    }
    return { webhookId: id, url, secret };
  }
}

/** Whether a subscription brings all events, as far as Vercel tells. */
function hearsAll(events: string[] | undefined): boolean {
  return !events || EVENTS.every(event => events.includes(event));
}

function parseEvent(rawBody: Buffer) {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw new InputError('The body of the webhook is no JSON.');
  }
  const event = webhookEventSchema.safeParse(body);
  if (!event.success) {
    throw new InputError('The body of the webhook is no event of Vercel.');
  }
  return event.data;
}
