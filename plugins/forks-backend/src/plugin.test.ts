import {
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { TestLocalCloud } from '@forkyard/local-cloud';
import {
  DEPLOYMENTS_DEPLOYMENT_TOPIC,
  DEPLOYMENTS_ROLLOUT_TOPIC,
} from '@forkyard/plugin-deployments-common';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';
import { ForksClient, type Provisioning } from '@forkyard/plugin-forks-common';
import {
  createForkConditionalDecision,
  forkConditions,
  forksServiceRef,
  type ForksService,
} from '@forkyard/plugin-forks-node';
import {
  forkReadPermission,
  forkUpdatePermission,
} from '@forkyard/plugin-forks-common';
import request from 'supertest';
import { setTimeout as delay } from 'node:timers/promises';
import { clearFaults, injectFault } from './__testUtils__/faults';
import { TestCatalog } from './__testUtils__/TestCatalog';
import { startTestCloud, testConfig } from './__testUtils__/TestForks';
import forksPlugin from './index';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const forkRequest = {
  name: 'shop',
  title: 'Shop',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
};

async function waitFor<T>(probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 80_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('Waited too long');
    await delay(25);
  }
}

describe('forksPlugin', () => {
  let cloud: TestLocalCloud;
  const stops: Array<() => Promise<void>> = [];

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await clearFaults(cloud);
  });
  afterAll(() => cloud.dispose());

  async function start() {
    const knex = await databases.init('POSTGRES_18');
    const permissions = mockServices.permissions.mock({
      authorize: async queries =>
        queries.map(() => ({ result: AuthorizeResult.ALLOW })),
      authorizeConditional: async queries =>
        queries.map(() => ({ result: AuthorizeResult.ALLOW })),
    });
    const catalog = new TestCatalog();
    const events = {
      publish: jest.fn(async () => {}),
      subscribe: jest.fn(
        async (_options: {
          topics: string[];
          onEvent(event: {
            topic: string;
            eventPayload: unknown;
          }): Promise<void>;
        }) => {},
      ),
    };
    const deployments = {
      getEntityStatus: jest.fn(
        async ({ entityRef }: { entityRef: string }) => ({
          entityRef,
          environments: [],
        }),
      ),
      reconcileEntity: jest.fn(),
    };
    const started: { service?: ForksService } = {};
    const backend = await startTestBackend({
      features: [
        forksPlugin,
        createBackendModule({
          pluginId: 'forks',
          moduleId: 'caller',
          register(env) {
            env.registerInit({
              deps: { forks: forksServiceRef },
              async init({ forks }) {
                started.service = forks;
              },
            });
          },
        }),
        mockServices.rootConfig.factory({
          data: { ...testConfig(cloud), backend: { baseUrl: 'http://x' } },
        }),
        mockServices.database.factory({ knex }),
        permissions.factory,
        createServiceFactory({
          service: eventsServiceRef,
          deps: {},
          factory: () => events,
        }),
        createServiceFactory({
          service: deploymentsServiceRef,
          deps: {},
          factory: () => mockDeploymentsService(deployments),
        }),
        catalog.service.factory,
      ],
    });
    const { server } = backend;
    stops.push(() => backend.stop());
    const call = (
      method: 'get' | 'post',
      path: string,
      credentials: string = mockCredentials.user.header(),
    ) =>
      request(server)
        [method](`/api/forks${path}`)
        .set('authorization', credentials);
    const provision = async (changes: object = {}) => {
      const { body, status } = await call('post', '/provisionings').send({
        request: { ...forkRequest, ...changes },
        through: 'repository',
      });
      expect({ status, body }).toMatchObject({ status: 201 });
      return body as Provisioning;
    };
    const settled = (id: string) =>
      waitFor(async () => {
        const { body } = await call('get', `/provisionings/${id}`);
        return ['waiting', 'failed', 'succeeded'].includes(body.state)
          ? (body as Provisioning)
          : undefined;
      });
    return {
      server,
      knex,
      permissions,
      catalog,
      events,
      deployments,
      call,
      provision,
      settled,
    };
  }

  const routes: Array<['get' | 'post', string, object?]> = [
    ['post', '/plans', forkRequest],
    ['post', '/sealed-secrets', { value: 'secret' }],
    ['post', '/provisionings', { request: forkRequest }],
    ['get', '/provisionings'],
    ['get', '/provisionings/one'],
    ['get', '/provisionings/one/log'],
    ['post', '/provisionings/one/advance', { through: 'project' }],
    ['post', '/provisionings/one/resume'],
    ['post', '/provisionings/one/unwind'],
    ['get', '/forks'],
    ['get', '/forks/shop'],
    ['get', '/summary'],
  ];

  it('wants credentials on every route, and a person for secrets', async () => {
    const { call } = await start();
    for (const [method, path, body] of routes) {
      const response = await call(
        method,
        path,
        mockCredentials.none.header(),
      ).send(body);
      expect([path, response.status]).toEqual([path, 401]);
    }
    const sealed = await call(
      'post',
      '/sealed-secrets',
      mockCredentials.service.header(),
    ).send({ value: 'secret' });
    expect(sealed.status).toBe(403);
  });

  it('makes a fork by REST and tells of it', async () => {
    const { call, provision, settled, events } = await start();
    const created = await provision();
    const repeat = await call('post', '/provisionings').send({
      request: forkRequest,
      through: 'repository',
    });
    expect(repeat.status).toBe(200);
    expect(repeat.body.id).toBe(created.id);
    const waiting = await settled(created.id);
    expect(waiting.state).toBe('waiting');

    const log = await call('get', `/provisionings/${created.id}/log?after=1`);
    expect(log.body.items[0].sequence).toBe(2);
    const list = await call('get', '/provisionings?state=waiting&state=failed');
    expect(list.body.items.map(({ id }: Provisioning) => id)).toEqual([
      created.id,
    ]);
    const forks = await call(
      'get',
      '/forks?owner=group:default/platform&status=in-progress&search=sho&limit=10',
    );
    expect(forks.body.items).toEqual([
      expect.objectContaining({
        name: 'shop',
        status: 'in-progress',
        owner: 'group:default/platform',
        createdBy: 'user:default/mock',
      }),
    ]);
    expect((await call('get', '/summary')).body).toMatchObject({
      total: 1,
      owners: ['group:default/platform'],
    });
    expect(events.publish).toHaveBeenCalledWith({
      topic: 'forks.fork',
      eventPayload: expect.objectContaining({
        kind: 'created',
        forkName: 'shop',
        entityRef: 'component:default/shop',
      }),
    });

    const unwinding = await call('post', `/provisionings/${created.id}/unwind`);
    expect(unwinding.status).toBe(200);
    await waitFor(async () => {
      const { body } = await call('get', `/provisionings/${created.id}`);
      return body.state === 'unwound' || undefined;
    });
    expect((await call('get', '/forks')).body.items).toEqual([]);
  });

  it('refuses names that are none, and says why', async () => {
    const { call } = await start();
    for (const [name, why] of [
      ['Shop', 'lower case'],
      ['a', 'at least 2'],
      ['x'.repeat(49), 'at most 48'],
      ['admin', 'reserved'],
      ['cafe\u0301', 'lower case'],
      ['\u0441hop', 'lower case'],
      ['../etc/passwd', 'lower case'],
      ['shop/../../x', 'lower case'],
      ['sh--op', 'two hyphens'],
      ['-shop', 'lower case'],
      ['123', 'at least one letter'],
      ['shop\n', 'lower case'],
    ]) {
      for (const [path, body] of [
        ['/plans', { ...forkRequest, name }],
        ['/provisionings', { request: { ...forkRequest, name } }],
      ] as const) {
        const response = await call('post', path).send(body);
        expect([name, response.status]).toEqual([name, 400]);
        expect(response.body.error.message).toContain(why);
      }
    }
  });

  it('answers 400 to a secret that is too long', async () => {
    const { call } = await start();
    const response = await call('post', '/sealed-secrets').send({
      value: 'x'.repeat(40_000),
    });
    expect(response.status).toBe(400);
    expect(response.body.error.message).toContain('at most 32,768');
  });

  it('answers 400 to what makes no sense', async () => {
    const { call } = await start();
    const requests: Array<['get' | 'post', string, object | undefined]> = [
      ['post', '/plans', {}],
      ['post', '/plans', { ...forkRequest, surplus: 1 }],
      ['post', '/plans', { ...forkRequest, domain: 'http://x' }],
      [
        'post',
        '/plans',
        {
          ...forkRequest,
          environmentVariables: [{ key: 'VERCEL_ENV', value: 'x' }],
        },
      ],
      ['post', '/sealed-secrets', { value: '' }],
      ['post', '/provisionings', { request: forkRequest, through: 'nowhere' }],
      ['post', '/provisionings/one/advance', {}],
      ['get', '/provisionings?state=odd', undefined],
      ['get', '/provisionings?limit=0', undefined],
      ['get', '/provisionings/one/log?after=-1', undefined],
      ['get', '/forks?limit=101', undefined],
      ['get', '/forks?sort=color', undefined],
      ['get', '/forks?cursor=bogus', undefined],
    ];
    for (const [method, path, body] of requests) {
      const response = await call(method, path).send(body);
      expect([path, response.status, response.body.error?.name]).toEqual([
        path,
        400,
        'InputError',
      ]);
    }
  });

  it('answers 413 to a body beyond all measure, and 404 to what does not exist', async () => {
    const { call } = await start();
    const large = await call('post', '/plans').send({
      ...forkRequest,
      description: 'x'.repeat(2_000_000),
    });
    expect(large.status).toBe(413);
    const named = routes.filter(([, route]) => /one|shop/.test(route));
    for (const [method, path, body] of named) {
      expect((await call(method, path).send(body)).status).toBe(404);
    }
  });

  it('answers 503, never 401, when a provider refuses us or does not answer', async () => {
    const { call } = await start();
    for (const fault of [{ status: 401 }, { status: 500 }]) {
      await injectFault(cloud, 'github', { path: '*', ...fault });
      const created = await call('post', '/provisionings').send({
        request: forkRequest,
      });
      expect([created.status, created.body]).toMatchObject([503, {}]);
      expect(created.body.error.message).toContain(
        "Fork 'shop' cannot be created",
      );
      const plan = await call('post', '/plans').send(forkRequest);
      expect(plan.status).toBe(200);
      expect(plan.body.verdict).toBe('fail');
      await clearFaults(cloud);
    }
  });

  it('shows nothing and changes nothing where the policy denies', async () => {
    const { call, permissions, provision, settled } = await start();
    const { id } = await provision({ name: 'denied' });
    await settled(id);
    permissions.authorize.mockImplementation(async queries =>
      queries.map(() => ({ result: AuthorizeResult.DENY })),
    );
    permissions.authorizeConditional.mockImplementation(async queries =>
      queries.map(() => ({ result: AuthorizeResult.DENY })),
    );
    const status = async (...route: Parameters<typeof call>) =>
      (await call(...route).send({ ...forkRequest, value: undefined })).status;

    expect((await call('post', '/plans').send(forkRequest)).status).toBe(403);
    expect(
      (await call('post', '/sealed-secrets').send({ value: 'x' })).status,
    ).toBe(403);
    expect(
      (await call('post', '/provisionings').send({ request: forkRequest }))
        .status,
    ).toBe(403);
    expect(await status('get', '/forks/denied')).toBe(404);
    expect(await status('get', `/provisionings/${id}`)).toBe(404);
    expect(await status('get', `/provisionings/${id}/log`)).toBe(404);
    expect(await status('post', `/provisionings/${id}/resume`)).toBe(404);
    expect((await call('get', '/forks')).body).toEqual({
      items: [],
      totalItems: 0,
    });
    expect((await call('get', '/provisionings')).body).toEqual({ items: [] });
    expect((await call('get', '/summary')).body.total).toBe(0);
  });

  it('lets owners see and change their own forks only, by the conditions of a policy', async () => {
    const { call, permissions, provision, settled, catalog } = await start();
    catalog.entityRefs.add('group:default/other');
    const own = await provision({ name: 'own' });
    const others = await provision({
      name: 'others',
      owner: 'group:default/other',
    });
    await Promise.all([settled(own.id), settled(others.id)]);
    const owners = ['group:default/platform'];
    permissions.authorizeConditional.mockImplementation(async queries =>
      queries.map(({ permission }) =>
        permission.name === 'forks.fork.delete'
          ? createForkConditionalDecision(
              forkUpdatePermission,
              forkConditions.isForkCreator({ creators: ['user:default/eve'] }),
            )
          : createForkConditionalDecision(
              forkReadPermission,
              forkConditions.isForkOwner({ owners }),
            ),
      ),
    );
    const names = (body: {
      items: Array<{ name?: string; forkName?: string }>;
    }) => body.items.map(item => item.name ?? item.forkName);
    expect(names((await call('get', '/forks')).body)).toEqual(['own']);
    expect(names((await call('get', '/provisionings')).body)).toEqual(['own']);
    expect((await call('get', '/summary')).body.total).toBe(1);
    expect((await call('get', '/forks/others')).status).toBe(404);
    expect((await call('get', `/provisionings/${others.id}`)).status).toBe(404);
    expect((await call('post', `/provisionings/${own.id}/resume`)).status).toBe(
      200,
    );
    expect((await call('post', `/provisionings/${own.id}/unwind`)).status).toBe(
      403,
    );
  });

  it('offers its actions to agents, and does the same for them as by REST', async () => {
    const { server, call, settled } = await start();
    const invoke = (name: string, input: object) =>
      request(server)
        .post(`/api/forks/.backstage/actions/v1/actions/forks:${name}/invoke`)
        .set('authorization', mockCredentials.service.header())
        .send(input);

    const created = await invoke('create-fork', {
      ...forkRequest,
      name: 'agent',
    });
    expect({ status: created.status, body: created.body }).toMatchObject({
      status: 200,
      body: {
        output: { entityRef: 'component:default/agent', state: 'running' },
      },
    });
    await settled(created.body.output.provisioningId);
    const got = await invoke('get-fork', { name: 'agent' });
    expect(got.body.output).toMatchObject({
      name: 'agent',
      base: expect.stringMatching(/^acme\/base-app@[0-9a-f]{40}$/),
    });
    const listed = await invoke('list-forks', {
      owner: 'group:default/platform',
      limit: 5,
    });
    expect(listed.body.output.forks).toHaveLength(1);
    const refused = await invoke('create-fork', { ...forkRequest, name: 'NO' });
    expect(refused.status).toBe(400);
    expect((await call('get', '/forks/agent')).status).toBe(200);
  });

  it('refreshes a fork when its deployments change', async () => {
    const { knex, events, deployments, provision, settled } = await start();
    const { id } = await provision({ name: 'watched' });
    await settled(id);
    await knex('forks').update({ lifecycle: 'active' });
    const subscription = events.subscribe.mock.calls[0][0];
    expect(subscription.topics).toEqual([
      DEPLOYMENTS_DEPLOYMENT_TOPIC,
      DEPLOYMENTS_ROLLOUT_TOPIC,
    ]);
    await subscription.onEvent({
      topic: DEPLOYMENTS_DEPLOYMENT_TOPIC,
      eventPayload: { entityRef: 'component:default/watched' },
    });
    expect(deployments.getEntityStatus).toHaveBeenCalledWith(
      { entityRef: 'component:default/watched' },
      expect.anything(),
    );
  });

  it('speaks the language of its client', async () => {
    const { server, provision, settled } = await start();
    const address = server.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const client = new ForksClient({
      discoveryApi: {
        getBaseUrl: async () => `http://127.0.0.1:${port}/api/forks`,
      },
    });
    const token = mockCredentials.user.token();
    const { id } = await provision({ name: 'client' });
    await settled(id);
    await expect(
      client.getProvisioning({ id }, { token }),
    ).resolves.toMatchObject({ id });
    await expect(
      client.listForks({ statuses: ['in-progress'], sort: 'name' }, { token }),
    ).resolves.toMatchObject({ totalItems: 1 });
    await expect(client.sealSecret({ value: 'x' }, { token })).resolves.toEqual(
      {
        ref: expect.stringMatching(/^sealed-/),
        expiresAt: expect.any(String),
      },
    );
    await expect(
      client.getFork({ name: 'none' }, { token }),
    ).rejects.toMatchObject({
      body: { error: { message: "Fork 'none' does not exist" } },
    });
  });
});
