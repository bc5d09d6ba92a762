import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import type { EventParams } from '@backstage/plugin-events-node';
import { applyMigrations } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type FaultInput,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type { EntityDeploymentStatus } from '@forkyard/plugin-deployments-common';
import { mockDeploymentsService } from '@forkyard/plugin-deployments-node';
import {
  forkRequestSchema,
  type ForkRequestInput,
  type Provisioning,
  type ProvisioningState,
} from '@forkyard/plugin-forks-common';
import { forkPermissionRules } from '@forkyard/plugin-forks-node';
import type { PermissionRuleset } from '@backstage/plugin-permission-node';
import type { Knex } from 'knex';
import { readForksOptions, type ForksOptions } from '../config';
import { createServices, type ServicesOptions } from '../createServices';
import { createSources, type Sources } from '../createSources';
import { writeBaseApplication } from './baseApplication';
import { clearFaults, injectFault } from './faults';
import { TestCatalog } from './TestCatalog';

export const credentials = mockCredentials.user();
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

/** Two providers on this machine, with a base application to fork. */
export async function startTestCloud(
  changes: Record<string, string | undefined> = {},
): Promise<TestLocalCloud> {
  return startTestLocalCloud({
    config: {
      baseAppDir: await writeBaseApplication(changes),
      postgresUrl:
        process.env.BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING,
      runtime: { watchMillis: 50 },
    },
  });
}

/** The configuration that leads to a test cloud. */
export function testConfig(cloud: TestLocalCloud) {
  const github = new URL(cloud.urls.github);
  return {
    integrations: {
      github: [
        {
          host: github.host,
          apiBaseUrl: github.origin,
          rawBaseUrl: github.origin,
          token: cloud.token,
        },
      ],
    },
    forks: {
      organization: 'acme',
      bases: ['acme/base-app', 'acme/missing'],
      encryptionKey: ENCRYPTION_KEY,
      github: { host: github.host },
      hosting: {
        store: { integration: 'local-postgres', product: 'postgres' },
      },
      estimate: { lowUsd: 18, highUsd: 31 },
    },
    vercel: {
      token: cloud.token,
      apiBaseUrl: cloud.urls.vercel,
      teamId: 'team_acme',
    },
  };
}

/** Answers of the permission registry, for the rules of forks. */
export const permissionsRegistry = () =>
  mockServices.permissionsRegistry.mock({
    getPermissionRuleset: () =>
      ({
        getRuleByName: (name: string) => {
          const rule = Object.values(forkPermissionRules).find(
            candidate => candidate.name === name,
          );
          if (!rule) throw new Error(`No rule '${name}'`);
          return rule;
        },
      }) as never as PermissionRuleset<never, never, never>,
  });

type Overrides = Partial<Omit<ServicesOptions, 'sources' | 'options'>> & {
  sources?: Partial<Sources>;
  options?: Partial<ForksOptions>;
  /** How long providers may take. */
  timeoutMs?: number;
};

/**
 * The services of one portal on a real database and test cloud.
 */
export class TestForks {
  readonly catalog: TestCatalog;
  readonly signals = { publish: jest.fn(async () => {}) };
  readonly notifications = { send: jest.fn(async () => {}) };
  readonly events = {
    publish: jest.fn(async (_event: EventParams) => {}),
    subscribe: jest.fn(async () => {}),
  };
  readonly auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ({
      success: jest.fn(async () => {}),
      fail: jest.fn(async () => {}),
    })),
  });
  readonly logger = mockServices.logger.mock();
  readonly deployments = {
    getEntityStatus: jest.fn(
      async ({
        entityRef,
      }: {
        entityRef: string;
      }): Promise<EntityDeploymentStatus> => ({ entityRef, environments: [] }),
    ),
    reconcileEntity: jest.fn(),
  };
  readonly options: ForksOptions;
  readonly sources: Sources;
  readonly services: ReturnType<typeof createServices>;

  private constructor(
    readonly cloud: TestLocalCloud,
    readonly knex: Knex,
    readonly cacheDirectory: string,
    overrides: Overrides,
    catalog: TestCatalog,
  ) {
    this.catalog = catalog;
    this.options = {
      ...readForksOptions(mockServices.rootConfig({ data: testConfig(cloud) })),
      cacheDirectory,
      ...overrides.options,
    };
    const auth = mockServices.auth();
    this.sources = {
      ...createSources(this.options, {
        logger: this.logger,
        catalog: this.catalog.service,
        auth,
        limits: {
          initialBackoffMs: 1,
          timeoutMs: overrides.timeoutMs ?? 60_000,
          maxRetryAfterSeconds: 1,
        },
      }),
      ...overrides.sources,
    };
    this.services = createServices({
      auth,
      knex,
      logger: this.logger,
      auditor: this.auditor,
      events: this.events,
      notifications: this.notifications,
      signals: this.signals,
      deployments: mockDeploymentsService(this.deployments),
      permissions: mockServices.permissions(),
      permissionsRegistry: permissionsRegistry(),
      tempo: { retryDelaysSeconds: [], leaseSeconds: 60 },
      vitalsSources: [],
      ...overrides,
      options: this.options,
      sources: this.sources,
    });
  }

  static async start(
    cloud: TestLocalCloud,
    knex: Knex,
    overrides: Overrides = {},
    catalog = new TestCatalog(),
  ): Promise<TestForks> {
    await migrate(knex);
    const cache = await mkdtemp(join(tmpdir(), 'forks-cache-'));
    return new TestForks(cloud, knex, cache, overrides, catalog);
  }

  async stop(): Promise<void> {
    await this.services.executor.stop();
    await rm(this.cacheDirectory, { recursive: true, force: true });
  }

  request(changes: Partial<ForkRequestInput> = {}) {
    return forkRequestSchema.parse({
      name: 'shop',
      title: 'Shop',
      owner: 'group:default/platform',
      baseApplication: 'acme/base-app',
      ...changes,
    });
  }

  async provision(
    changes: Partial<ForkRequestInput> = {},
    more: { through?: Provisioning['through']; idempotencyKey?: string } = {},
  ): Promise<Provisioning> {
    const { provisioning } = await this.services.provisionings.provisionFork(
      { request: this.request(changes), ...more },
      { credentials },
    );
    return provisioning;
  }

  /** Claims what is due until the provisioning is in one of the states. */
  async waitFor(
    id: string,
    ...states: ProvisioningState[]
  ): Promise<Provisioning> {
    return this.waitUntil(id, ({ state }) => states.includes(state));
  }

  /** Claims what is due until the provisioning is as it should be. */
  async waitUntil(
    id: string,
    isReached: (provisioning: Provisioning) => boolean,
  ): Promise<Provisioning> {
    const deadline = Date.now() + 80_000;
    for (;;) {
      await this.services.executor.startDue();
      const found = await this.services.provisionings.getProvisioning(
        { id },
        { credentials },
      );
      if (isReached(found)) return found;
      if (Date.now() > deadline) {
        throw new Error(
          `Waited too long: ${JSON.stringify(found, null, 1)}\n${await this.log(id)}`,
        );
      }
      await delay(20);
    }
  }

  async log(id: string): Promise<string> {
    const { items } = await this.services.provisionings.getProvisioningLog(
      { id },
      { credentials },
    );
    return items.map(({ message }) => message).join('\n');
  }

  async fault(side: 'github' | 'vercel', fault: FaultInput): Promise<void> {
    await injectFault(this.cloud, side, fault);
  }

  async clearFaults(): Promise<void> {
    await clearFaults(this.cloud);
  }
}

/** Brings a test database to the schema of the plugin. */
export async function migrate(knex: Knex): Promise<void> {
  await applyMigrations({
    database: { getClient: async () => knex },
    directory: resolvePackagePath(
      '@forkyard/plugin-forks-backend',
      'migrations',
    ),
  });
}
