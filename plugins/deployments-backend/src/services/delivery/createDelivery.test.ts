import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import type { UrlReaderService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { NotFoundError, NotModifiedError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { startTestLocalCloud } from '@forkyard/local-cloud';
import express from 'express';
import createPromiseRouter from 'express-promise-router';
import type { Knex } from 'knex';
import request from 'supertest';
import { DatabaseTrackedEntitiesStore } from '../../database/DatabaseTrackedEntitiesStore';
import { scheduleReadDeliveryFilesJob } from '../../jobs/readDeliveryFilesJob';
import { addDeliveryRoutes } from '../../router/deliveryRoutes';
import { ProviderRegistry } from '../ProviderRegistry';
import { createDelivery } from './createDelivery';
import { createPlan } from './deliveryPlans';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const directory = `${__dirname}/../../../migrations`;
const SHOP = 'component:default/shop';
const FOLDER = 'https://github.com/acme/shop/blob/main';
const production = { entityRef: SHOP, environment: 'production' };
const fresh = { fresh: true };

const fileOf = (strategy: string) =>
  `apiVersion: forkyard.dev/v1alpha1
kind: Delivery
spec: { environments: { production: { strategy: ${strategy} } } }
`;

/** A repository whose files can be changed, taken away and kept back. */
class Repository {
  readonly files = new Map([
    [`${FOLDER}/catalog-info.yaml`, 'kind: Component'],
  ]);
  readonly reads: string[] = [];
  isDown = false;
  beforeAnswer: (() => Promise<unknown>) | undefined;

  set delivery(text: string | undefined) {
    if (text === undefined) this.files.delete(`${FOLDER}/forkyard.yaml`);
    else this.files.set(`${FOLDER}/forkyard.yaml`, text);
  }

  readonly reader = {
    readUrl: async (url: string, options?: { etag?: string }) => {
      this.reads.push(url);
      if (this.isDown) throw new Error('connect ECONNREFUSED token=secret');
      const text = this.files.get(url);
      await this.beforeAnswer?.();
      if (text === undefined) throw new NotFoundError(url);
      if (options?.etag === text) throw new NotModifiedError();
      return { buffer: async () => Buffer.from(text), etag: text };
    },
  } as unknown as UrlReaderService;
}

const entity = (annotations: Record<string, string>) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'shop', annotations },
});

describe('createDelivery', () => {
  let knex: Knex;
  let repository: Repository;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    for (const name of [
      '20261121093000_init.js',
      '20261121150200_delivery.js',
      '20261121192000_named_environments.js',
      '20261121221000_delivery_reads.js',
    ]) {
      await knex.migrate.up({ directory, name });
    }
    await knex('tracked_entities').insert({
      entity_ref: SHOP,
      provider: 'vercel',
    });
    repository = new Repository();
  });

  const create = (
    options: Partial<Parameters<typeof createDelivery>[0]> = {},
  ) =>
    createDelivery({
      knex,
      auditor: mockServices.auditor.mock(),
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
      permissions: mockServices.permissions(),
      providers: new ProviderRegistry(),
      tracked: new DatabaseTrackedEntitiesStore(knex),
      refreshSeconds: 300,
      urlReader: repository.reader,
      catalog: catalogServiceMock({
        entities: [
          entity({
            'backstage.io/managed-by-location': `url:${FOLDER}/catalog-info.yaml`,
            // What a file says of itself counts for nothing.
            'backstage.io/source-location':
              'url:https://github.com/acme/other/',
          }),
        ],
      }),
      ...options,
    });

  const strategyOf = async (
    { delivery }: ReturnType<typeof createDelivery>,
    options?: { fresh: boolean },
  ) => (await delivery.getPlan(production, options)).strategy;

  const problemsOf = async ({ delivery }: ReturnType<typeof createDelivery>) =>
    (await delivery.getDelivery({ entityRef: SHOP })).fileProblems;

  it('gives the plan of the file beside the catalog file, once read from there', async () => {
    repository.delivery = fileOf('canary');
    const { delivery } = create();
    expect(await delivery.getPlan(production)).toEqual(createPlan('canary'));
    expect(
      await delivery.getPlan({ entityRef: SHOP, environment: 'staging' }),
    ).toEqual(createPlan('direct'));
    expect(repository.reads).toEqual([`${FOLDER}/forkyard.yaml`]);
  });

  it('reads anew for a new version', async () => {
    const created = create();
    repository.delivery = fileOf('direct');
    expect(await strategyOf(created)).toBe('direct');
    repository.delivery = fileOf('blue-green');
    expect(await strategyOf(created)).toBe('direct');
    expect(await strategyOf(created, fresh)).toBe('blue-green');
    expect(await strategyOf(created, fresh)).toBe('blue-green');
  });

  it('keeps the last good version in force while the file is faulty, and says what is wrong', async () => {
    const created = create();
    repository.delivery = fileOf('canary');
    expect(await strategyOf(created)).toBe('canary');
    repository.delivery = fileOf('yolo');
    expect(await strategyOf(created, fresh)).toBe('canary');
    expect(await strategyOf(created, fresh)).toBe('canary');
    expect(await problemsOf(created)).toEqual([
      { line: 3, message: expect.stringContaining("must be 'direct'") },
    ]);
    repository.delivery = `# ${'x'.repeat(40_000)}`;
    expect(await strategyOf(created, fresh)).toBe('canary');
    expect(await problemsOf(created)).toEqual([
      { message: 'The file is larger than 32 KiB' },
    ]);
    repository.delivery = fileOf('direct');
    expect(await strategyOf(created, fresh)).toBe('direct');
    expect(await problemsOf(created)).toEqual([]);
  });

  it('goes by defaults without a file, also when it was taken away', async () => {
    const created = create();
    expect(await strategyOf(created)).toBe('direct');
    repository.delivery = fileOf('canary');
    expect(await strategyOf(created, fresh)).toBe('canary');
    repository.delivery = undefined;
    expect(await strategyOf(created, fresh)).toBe('direct');
    expect(await problemsOf(created)).toEqual([]);
  });

  it('keeps what is in force when the whole repository seems empty or cannot be asked', async () => {
    const created = create();
    repository.delivery = fileOf('canary');
    expect(await strategyOf(created)).toBe('canary');
    repository.files.clear();
    expect(await strategyOf(created, fresh)).toBe('canary');
    expect(await problemsOf(created)).toEqual([
      { message: expect.stringContaining('may not be read') },
    ]);
    repository.isDown = true;
    expect(await strategyOf(created, fresh)).toBe('canary');
    const [problem] = await problemsOf(created);
    expect(problem.message).toContain('it is tried again');
    expect(problem.message).not.toContain('secret');
    await expect(
      created.delivery.refresh({ entityRef: SHOP }),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });

  it('calls nothing direct as long as it was never known', async () => {
    const created = create();
    repository.isDown = true;
    await expect(strategyOf(created)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('Nothing gets traffic before.'),
    });
    repository.isDown = false;
    repository.delivery = fileOf('canary');
    const reads = repository.reads.length;
    await expect(strategyOf(created, fresh)).rejects.toThrow(/not known yet/);
    expect(repository.reads).toHaveLength(reads);
    await knex('delivery_files').update({ due_at: new Date(0) });
    expect(await strategyOf(created)).toBe('canary');
  });

  it('reads nothing for an entity that comes from no repository', async () => {
    const created = create({
      catalog: catalogServiceMock({
        entities: [
          entity({
            'backstage.io/managed-by-location': 'file:/etc/shop.yaml',
            'github.com/project-slug': 'acme/shop',
          }),
        ],
      }),
    });
    repository.delivery = fileOf('canary');
    expect(await strategyOf(created, fresh)).toBe('direct');
    expect(repository.reads).toEqual([]);
  });

  it('lets a read that began earlier not undo a later one', async () => {
    const created = create();
    repository.delivery = fileOf('direct');
    let release = () => {};
    const isHeld = new Promise<void>(hold => {
      repository.beforeAnswer = () =>
        new Promise<void>(resolve => {
          release = resolve;
          hold();
        });
    });
    const early = strategyOf(created, fresh);
    await isHeld;
    repository.beforeAnswer = undefined;
    repository.delivery = fileOf('canary');
    expect(await strategyOf(created, fresh)).toBe('canary');
    release();
    expect(await early).toBe('canary');
    expect(await strategyOf(created)).toBe('canary');
  });

  it('reads on schedule what is due, follows what is deployed and nothing else', async () => {
    const { deliveryFiles, delivery } = create();
    repository.delivery = fileOf('canary');
    const scheduler = mockServices.scheduler.mock();
    const events = mockServices.events.mock();
    await scheduleReadDeliveryFilesJob({ scheduler, events, deliveryFiles });
    const { fn } = scheduler.scheduleTask.mock.calls[0][0];
    const { onEvent, topics } = events.subscribe.mock.calls[0][0];
    const run = () => fn(new AbortController().signal);

    await run();
    await run();
    expect(repository.reads).toHaveLength(1);
    expect((await delivery.getPlan(production)).strategy).toBe('canary');

    repository.delivery = fileOf('blue-green');
    await onEvent({ topic: topics[0], eventPayload: { entityRef: SHOP } });
    await onEvent({ topic: topics[0], eventPayload: { entityRef: 7 } });
    await run();
    expect((await delivery.getPlan(production)).strategy).toBe('blue-green');

    repository.isDown = true;
    await onEvent({ topic: topics[0], eventPayload: { entityRef: SHOP } });
    await run();
    const retries = await knex('delivery_files').whereRaw(
      "due_at < now() + interval '1 minute'",
    );
    expect(retries).toHaveLength(1);

    await knex('tracked_entities').delete();
    await run();
    expect(await knex('delivery_files')).toEqual([]);
  });

  it('tells those who may see the deployments, with what else holds', async () => {
    repository.delivery = fileOf('canary');
    await knex('environments').insert({
      entity_ref: SHOP,
      environment: 'preview',
      aliases: '[]',
      observed_at: new Date(),
    });
    const permissions = mockServices.permissions.mock({
      authorize: async () => [{ result: AuthorizeResult.ALLOW }],
    });
    const freeze = { name: 'Holidays', until: '2026-12-27T00:00:00.000Z' };
    const { authorizedDelivery, delivery } = create({
      permissions,
      conditions: {
        find: async ({ environment }) =>
          environment === 'production' ? { freeze } : {},
      },
    });
    const router = createPromiseRouter();
    addDeliveryRoutes(router, {
      delivery: authorizedDelivery,
      httpAuth: mockServices.httpAuth(),
    });
    const app = express().use(router).use(mockErrorHandler());
    const get = (entityRef: string) =>
      request(app)
        .get('/delivery')
        .query({ entityRef })
        .set('authorization', mockCredentials.user.header());

    await delivery.refresh({ entityRef: SHOP });
    const answer = await get('Component:shop');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      entityRef: SHOP,
      environments: [
        {
          environment: 'preview',
          plan: createPlan('direct'),
          from: 'default',
        },
        {
          environment: 'production',
          plan: createPlan('canary'),
          from: 'file',
          freeze,
        },
      ],
      fileProblems: [],
    });
    expect((await get('component:default/absent')).status).toBe(404);
    expect((await get('shop')).status).toBe(400);
    permissions.authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    expect((await get(SHOP)).status).toBe(404);
    const anonymous = await request(app)
      .get('/delivery')
      .query({ entityRef: SHOP })
      .set('authorization', mockCredentials.none.header());
    expect(anonymous.status).toBe(401);
  });

  it('tells what the plans of all that share the project ask for, and names those one may see', async () => {
    const [ARK, GONE, ZOO] = ['ark', 'gone', 'zoo'].map(
      name => `component:default/${name}`,
    );
    await knex('tracked_entities').insert(
      [ARK, GONE, ZOO].map(ref => ({ entity_ref: ref, provider: 'vercel' })),
    );
    repository.delivery = fileOf('blue-green');
    const mayNotRead = new Set<string>();
    const named = (name: string) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name },
    });
    const { authorizedDelivery, delivery } = create({
      catalog: catalogServiceMock({
        entities: [
          entity({
            'backstage.io/managed-by-location': `url:${FOLDER}/catalog-info.yaml`,
          }),
          named('ark'),
          named('zoo'),
        ],
      }),
      permissions: mockServices.permissions.mock({
        authorize: async (requests: { resourceRef?: string }[]) =>
          requests.map(({ resourceRef = '' }) => ({
            result: mayNotRead.has(resourceRef)
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
          })),
      }),
    });
    await delivery.refresh({ entityRef: SHOP });
    const plans = JSON.stringify({
      production: createPlan('canary', { approval: true, checks: ['ci'] }),
    });
    await knex('delivery_files').insert([
      { entity_ref: ARK, known: true, plans },
      { entity_ref: GONE, known: true },
    ]);
    const listShared = async () => {
      const found = await authorizedDelivery.getDelivery(
        { entityRef: SHOP },
        { credentials: mockCredentials.user() },
      );
      return found.environments.map(({ sharedPlans }) => sharedPlans);
    };
    expect(await listShared()).toEqual([undefined]);
    await knex('tracked_entities').update({ project_id: 'prj_1' });
    const shop = {
      entityRef: SHOP,
      asks: ['blue-green', 'the checks ci, security, smoke-test, schema'],
    };
    const asks = ['a canary', 'an approval', 'the check ci'];
    expect(await listShared()).toEqual([
      // The catalog does not know one of them; of another no file was read.
      [{ entityRef: ARK, asks }, shop, { asks: [] }, { entityRef: ZOO }],
    ]);
    mayNotRead.add(ARK);
    expect(await listShared()).toEqual([
      [{ asks }, shop, { asks: [] }, { entityRef: ZOO }],
    ]);
  });

  it('says of a file that was not read yet that it was not', async () => {
    const created = create();
    expect(await problemsOf(created)).toEqual([]);
    await knex('delivery_files').insert({ entity_ref: SHOP });
    expect(await problemsOf(created)).toEqual([
      { message: 'forkyard.yaml was not read yet' },
    ]);
  });

  it('reads from GitHub itself, and again only what has changed', async () => {
    const cloud = await startTestLocalCloud();
    try {
      const { host } = new URL(cloud.urls.github);
      const github = {
        host,
        apiBaseUrl: cloud.urls.github,
        rawBaseUrl: cloud.urls.github,
        token: cloud.token,
      };
      const folder = `${cloud.urls.github}/acme/base-app/tree/main`;
      const created = create({
        urlReader: UrlReaders.default({
          logger: mockServices.logger.mock(),
          config: new ConfigReader({ integrations: { github: [github] } }),
        }),
        catalog: catalogServiceMock({
          entities: [
            entity({
              'backstage.io/managed-by-location': `url:${folder}/catalog-info.yaml`,
            }),
          ],
        }),
      });
      expect(await strategyOf(created)).toBe('direct');
      expect(
        (await created.delivery.getDelivery({ entityRef: SHOP })).environments,
      ).toMatchObject([{ environment: 'production', from: 'file' }]);
      const [{ file_etag: etag }] = await knex('delivery_files');
      expect(etag).toEqual(expect.any(String));
      expect(await created.deliveryFiles.readFile({ entityRef: SHOP })).toEqual(
        { outcome: 'unchanged' },
      );
    } finally {
      await cloud.dispose();
    }
  });
});
