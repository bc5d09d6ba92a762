import { randomBytes } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { callVercel, type VercelClient } from '@forkyard/backend-kit';
import { drainsCreateDrain } from '@vercel/sdk/funcs/drainsCreateDrain.js';
import { drainsDeleteDrain } from '@vercel/sdk/funcs/drainsDeleteDrain.js';
import { drainsGetDrains } from '@vercel/sdk/funcs/drainsGetDrains.js';
import { drainsUpdateDrain } from '@vercel/sdk/funcs/drainsUpdateDrain.js';
import { z } from 'zod';
import type { DrainSecretsStore } from '../database/DrainSecretsStore';
import type { DrainSecrets } from '../ingest/DefaultIngestService';
import type { DrainKind } from '../ingest/DrainBatch';

const KINDS: DrainKind[] = ['logs', 'traces'];

/** Stored secrets are read anew after this long, at most. */
const SECRETS_LIFETIME_MS = 10_000;

/** Sources of rows that tell of requests; `build` does not. */
const LOG_SOURCES = [
  'edge',
  'lambda',
  'static',
  'external',
  'firewall',
  'redirect',
] as const;

const drainSchema = z.object({
  id: z.string().min(1),
  status: z.string().optional(),
  delivery: z
    .object({
      endpoint: z.union([z.string(), z.object({ traces: z.string() })]),
    })
    // Other kinds of delivery are not ours.
    .optional()
    .catch(undefined),
});

type VercelDrain = z.output<typeof drainSchema>;

/**
 * Makes the drains with which Vercel tells us of requests, and knows their
 * secrets.
 *
 * A secret of ours is stored before the drain that gets it is made. So a drain
 * at our URL for which a secret is stored has that secret, whenever we were
 * stopped; one without was made with a secret that is lost, and is replaced.
 */
export class VercelDrainSource implements DrainSecrets {
  #stored: { secrets: Map<DrainKind, string[]>; until: number } = {
    secrets: new Map(),
    until: 0,
  };

  constructor(
    private readonly options: {
      client: VercelClient;
      logger: LoggerService;
      /** Absent without an encryption key: then only `configuredSecret` counts. */
      secrets?: DrainSecretsStore;
      /** Of drains that were made by hand, and of those that are made here. */
      configuredSecret?: string;
    },
  ) {}

  async listSecrets(kind: DrainKind): Promise<string[]> {
    const { secrets, configuredSecret } = this.options;
    if (secrets && this.#stored.until < Date.now()) {
      const found = new Map<DrainKind, string[]>();
      for (const stored of await secrets.list()) {
        found.set(stored.kind, [
          ...(found.get(stored.kind) ?? []),
          stored.secret,
        ]);
      }
      this.#stored = {
        secrets: found,
        until: Date.now() + SECRETS_LIFETIME_MS,
      };
    }
    const stored = this.#stored.secrets.get(kind) ?? [];
    return configuredSecret === undefined
      ? stored
      : [...stored, configuredSecret];
  }

  /**
   * Makes what is missing of a log drain and a trace drain for all projects of
   * the team. `drainUrl` is our URL without `/logs` and `/traces`.
   */
  async ensureDrains({ drainUrl }: { drainUrl: string }): Promise<void> {
    const { secrets, configuredSecret } = this.options;
    if (configuredSecret !== undefined) {
      await this.#ensureAll(drainUrl, async () => configuredSecret);
      return;
    }
    if (!secrets) {
      throw new InputError(
        "Configuration 'slo.encryptionKey' is missing, so the secret of a Vercel drain cannot be kept: set it to 32 random bytes in base64, or set 'slo.vercel.drainSecret'.",
      );
    }
    await secrets.runAlone(async () => {
      const held = await secrets.list();
      await this.#ensureAll(drainUrl, async ({ kind, endpoint, existing }) => {
        const known = held.find(
          one => one.kind === kind && one.endpoint === endpoint,
        );
        if (known) return known.secret;
        for (const { id } of existing) await this.#delete(id);
        existing.length = 0;
        const secret = randomBytes(32).toString('hex');
        await secrets.upsert({ kind, endpoint, secret });
        this.#stored.until = 0;
        return secret;
      });
    });
  }

  async #ensureAll(
    drainUrl: string,
    findSecret: (drain: {
      kind: DrainKind;
      endpoint: string;
      existing: VercelDrain[];
    }) => Promise<string>,
  ): Promise<void> {
    const drains = await this.#list();
    for (const kind of KINDS) {
      const endpoint = `${drainUrl.replace(/\/+$/, '')}/${kind}`;
      const existing = drains.filter(drain => endpointOf(drain) === endpoint);
      const secret = await findSecret({ kind, endpoint, existing });
      if (existing.length === 0) {
        await this.#create({ kind, endpoint, secret });
        this.options.logger.info(
          `Made a drain of ${kind} at Vercel that delivers to ${endpoint}`,
        );
      }
      for (const drain of existing) await this.#revive(drain);
    }
  }

  /** Vercel gives up on a drain that failed for long; only then is it revived. */
  async #revive({ id, status }: VercelDrain): Promise<void> {
    const { client, logger } = this.options;
    if (status === 'disabled') {
      logger.warn(
        `Drain '${id}' is disabled at Vercel, so requests are not counted: enable it there, or delete it to have it made anew`,
      );
    }
    if (status !== 'errored') return;
    await callVercel(client, {
      what: `enable drain '${id}'`,
      run: (core, requestOptions) =>
        drainsUpdateDrain(
          core,
          { id, teamId: client.teamId, requestBody: { status: 'enabled' } },
          requestOptions,
        ),
      schema: z.unknown(),
    });
  }

  async #list(): Promise<VercelDrain[]> {
    const { client } = this.options;
    const { drains } = await callVercel(client, {
      what: 'list drains',
      run: (core, requestOptions) =>
        drainsGetDrains(core, { teamId: client.teamId }, requestOptions),
      schema: z.object({ drains: z.array(drainSchema) }),
    });
    return drains;
  }

  async #delete(id: string): Promise<void> {
    const { client } = this.options;
    await callVercel(client, {
      what: `delete drain '${id}'`,
      run: (core, requestOptions) =>
        drainsDeleteDrain(core, { id, teamId: client.teamId }, requestOptions),
      schema: z.unknown(),
    });
  }

  async #create(drain: {
    kind: DrainKind;
    endpoint: string;
    secret: string;
  }): Promise<void> {
    const { client } = this.options;
    const { kind, endpoint, secret } = drain;
    await callVercel(client, {
      what: `create a drain of ${kind} for ${endpoint}`,
      // A lost reply may have made it; the next run sees.
      retry: 'never',
      run: (core, requestOptions) =>
        drainsCreateDrain(
          core,
          {
            teamId: client.teamId,
            requestBody: {
              name: `Forkyard ${kind}`,
              projects: 'all',
              ...(kind === 'logs'
                ? logDrain({ endpoint, secret })
                : traceDrain({ endpoint, secret })),
            },
          },
          requestOptions,
        ),
      schema: z.object({ id: z.string().min(1) }),
    });
  }
}

interface DrainTarget {
  endpoint: string;
  secret: string;
}

function logDrain({ endpoint, secret }: DrainTarget) {
  return {
    schemas: { log: { version: 'v1' } },
    filter: {
      version: 'v2',
      filter: { type: 'basic', log: { sources: [...LOG_SOURCES] } },
    },
    delivery: {
      type: 'http',
      endpoint,
      encoding: 'ndjson' as const,
      compression: 'none' as const,
      headers: {},
      secret,
    },
  };
}

function traceDrain({ endpoint, secret }: DrainTarget) {
  return {
    schemas: { trace: { version: 'v1' } },
    delivery: {
      type: 'otlphttp',
      endpoint: { traces: endpoint },
      encoding: 'json' as const,
      headers: {},
      secret,
    },
  };
}

function endpointOf({ delivery }: VercelDrain): string | undefined {
  const endpoint = delivery?.endpoint;
  return typeof endpoint === 'string' ? endpoint : endpoint?.traces;
}
