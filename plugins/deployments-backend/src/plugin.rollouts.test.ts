import {
  coreServices,
  createBackendModule,
  createServiceFactory,
  type UrlReaderService,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { NotFoundError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { RolloutsClient } from '@forkyard/plugin-deployments-common';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import { sloServiceRef } from '@forkyard/plugin-slo-node';
import { setImmediate as nextTurn } from 'node:timers/promises';
import request from 'supertest';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from './__testUtils__/MemoryDeploymentProvider';
import { MemorySloService } from './__testUtils__/MemorySloService';
import deploymentsPlugin from './index';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const FOLDER = 'https://github.com/acme/shop/blob/main';
const DELIVERY = `apiVersion: forkyard.dev/v1alpha1
kind: Delivery
spec:
  environments:
    production: { strategy: canary, checks: [] }
`;

const reader = {
  readUrl: async (url: string) => {
    if (!url.endsWith('forkyard.yaml')) throw new NotFoundError(url);
    return { buffer: async () => Buffer.from(DELIVERY), etag: '1' };
  },
} as unknown as UrlReaderService;

async function start() {
  const provider = new MemoryDeploymentProvider();
  provider.put({ externalId: 'one', createdAt: new Date(1000) });
  provider.put({ externalId: 'two', createdAt: new Date(2000) });
  provider.setLive('one');
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(() => ({ result: AuthorizeResult.ALLOW })),
  });
  const auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ({
      success: async () => {},
      fail: async () => {},
    })),
  });
  const scheduler = mockServices.scheduler.mock();
  const slo = new MemorySloService();
  slo.serve('one', { requests: 2000, errors: 2 });
  const actions = actionsRegistryServiceMock();
  const { server } = await startTestBackend({
    features: [
      deploymentsPlugin,
      createBackendModule({
        pluginId: 'deployments',
        moduleId: 'memory',
        register(env) {
          env.registerInit({
            deps: { providers: deploymentsProviderExtensionPoint },
            async init({ providers }) {
              providers.addProvider(provider);
            },
          });
        },
      }),
      mockServices.database.factory({
        knex: await databases.init('POSTGRES_18'),
      }),
      createServiceFactory({
        service: sloServiceRef,
        deps: {},
        factory: () => slo,
      }),
      createServiceFactory({
        service: coreServices.urlReader,
        deps: {},
        factory: () => reader,
      }),
      createServiceFactory({
        service: actionsRegistryServiceRef,
        deps: {},
        factory: () => actions,
      }),
      permissions.factory,
      auditor.factory,
      scheduler.factory,
      catalogServiceMock.factory({
        entities: [
          {
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Component',
            metadata: {
              name: 'shop',
              annotations: {
                [MEMORY_ANNOTATION]: 'prj_1',
                'backstage.io/managed-by-location': `url:${FOLDER}/catalog-info.yaml`,
              },
            },
          },
        ],
      }),
    ],
  });
  const call = (
    method: 'get' | 'post',
    path: string,
    credentials: string = mockCredentials.user.header(),
  ) =>
    request(server)
      [method](`/api/deployments${path}`)
      .set('authorization', credentials);
  const run = async (id: string) =>
    scheduler.scheduleTask.mock.calls
      .map(([task]) => task)
      .find(task => task.id === id)!
      .fn(new AbortController().signal);
  return { server, provider, permissions, auditor, actions, call, run };
}

async function startCanary() {
  const started = await start();
  await started.call('post', '/reconcile').send({ entityRef: SHOP });
  await started.run('start-rollouts');
  await started.run('steer-rollouts');
  const { body } = await started.call('get', `/rollouts?entityRef=${SHOP}`);
  return { ...started, id: body.items[0].id as string };
}

const NOBODY = '6e4a2a0e-53a4-4b3c-9d84-0d8d5ad0b7a1';

const routesOf = (id: string): ['get' | 'post', string, object?][] => [
  ['get', `/rollouts?entityRef=${SHOP}`],
  ['get', `/rollouts/${id}`],
  ['get', `/rollouts/${id}/points`],
  ['post', '/rollouts', { entityRef: SHOP, deploymentId: 'memory:two' }],
  ['post', `/rollouts/${id}/pause`],
  ['post', `/rollouts/${id}/resume`],
  ['post', `/rollouts/${id}/promote`],
  ['post', `/rollouts/${id}/abort`],
];

describe('rollouts of the deployments plugin', () => {
  it('finds a new version, and rolls it out by the file in its repository', async () => {
    const { call, id, provider } = await startCanary();
    const { body } = await call('get', `/rollouts/${id}`);
    expect(body).toMatchObject({
      deploymentId: 'memory:two',
      stableDeploymentId: 'memory:one',
      state: 'progressing',
      percent: 5,
      stageIndex: 0,
      plan: { strategy: 'canary' },
      approvals: [],
    });
    expect(body).not.toHaveProperty('progress');
    expect(body.transitions.map(({ to }: { to: string }) => to)).toEqual([
      'queued',
      'checking',
      'progressing',
      'progressing',
    ]);
    expect(provider.canary?.current?.percent).toBe(5);
    const status = await call('get', `/status?entityRef=${SHOP}`);
    expect(status.body.environments[0].rollout).toMatchObject({ id });
  });

  it('stages a project as soon as a version of it is built', async () => {
    const { call, provider, run } = await start();
    provider.put({
      externalId: 'three',
      state: 'building',
      createdAt: new Date(3000),
    });
    expect(provider.isStaged).toBe(false);
    await call('post', '/reconcile').send({ entityRef: SHOP });
    while (!provider.isStaged) await nextTurn();
    await run('align-rollout-staging');
    await run('thin-rollout-points');
    expect(
      provider.calls.filter(name => name.startsWith('setStaging')),
    ).toEqual(['setStaging true']);
  });

  it('answers 401 to nobody, 404 to who may not see, 403 to who may not change', async () => {
    const { call, id, permissions } = await startCanary();
    const ask = async (credentials?: string) => {
      const statuses = [];
      for (const [method, path, body] of routesOf(id)) {
        const response = await call(method, path, credentials).send(body);
        statuses.push(response.status);
      }
      return statuses;
    };
    const deny = (name: string) =>
      permissions.authorize.mockImplementation(async requests =>
        requests.map(({ permission }) => ({
          result:
            permission.name === name
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
        })),
      );
    const routes = routesOf(id);
    expect(await ask(mockCredentials.none.header())).toEqual(
      routes.map(() => 401),
    );
    deny('deployments.deployment.read');
    expect(await ask()).toEqual(routes.map(() => 404));
    deny('deployments.rollout.update');
    expect(await ask()).toEqual([200, 200, 200, 403, 403, 403, 403, 403]);
  });

  it('answers 400 to what is no request, naming it as such', async () => {
    const { call } = await start();
    for (const [method, path, body] of [
      ['get', '/rollouts', undefined],
      ['get', `/rollouts?entityRef=${SHOP}&limit=0`, undefined],
      ['get', `/rollouts?entityRef=${SHOP}&active=maybe`, undefined],
      ['get', `/rollouts?entityRef=${SHOP}&cursor=nonsense`, undefined],
      ['get', '/rollouts/one', undefined],
      ['post', '/rollouts', { entityRef: SHOP, deploymentId: 'two' }],
      ['post', '/rollouts', { entityRef: '::', deploymentId: 'memory:two' }],
      ['post', '/rollouts/one/abort', {}],
      ['post', `/rollouts/${NOBODY}/abort`, { comment: 1 }],
    ] as const) {
      const response = await call(method, path).send(body);
      expect([path, response.status, response.body.error.name]).toEqual([
        path,
        400,
        'InputError',
      ]);
    }
  });

  it('pauses, resumes, promotes and aborts by the client and by actions, audited alike', async () => {
    const { server, actions, auditor, id, call } = await startCanary();
    const address = server.address() as { port: number };
    const client = new RolloutsClient({
      discoveryApi: {
        getBaseUrl: async plugin =>
          `http://127.0.0.1:${address.port}/api/${plugin}`,
      },
    });
    const options = { token: mockCredentials.user.token() };
    expect(
      await client.pauseRollout({ id, comment: 'Wait' }, options),
    ).toMatchObject({ state: 'paused' });
    const invoke = (name: string, input: object) =>
      actions.invoke({
        id: `test:${name}`,
        input: { ...input },
        credentials: mockCredentials.user(),
      });
    expect(await invoke('resume-rollout', { id })).toMatchObject({
      output: { state: 'progressing', stage: '1 of 3' },
    });
    await expect(invoke('resume-rollout', { id })).rejects.toThrow(
      'cannot be resumed: it is progressing',
    );
    expect(
      await invoke('list-rollouts', { entityRef: SHOP, active: true }),
    ).toMatchObject({ output: { rollouts: [{ id }] } });
    expect(
      await invoke('abort-rollout', { id, comment: 'Enough' }),
    ).toMatchObject({ output: { state: 'switching', asked: 'abort' } });
    // Nothing but the request itself has it steered here.
    let state: string | undefined;
    while (state !== 'aborted') {
      ({ state } = await client.getRollout({ id }, options));
    }
    expect(await invoke('get-rollout', { id })).toMatchObject({
      output: { id, transitions: expect.arrayContaining([]) },
    });
    expect((await call('post', `/rollouts/${id}/promote`)).status).toBe(409);
    expect((await call('get', `/rollouts/${NOBODY}`)).status).toBe(404);
    const events = jest
      .mocked(auditor.createEvent)
      .mock.calls.map(([{ eventId }]) => eventId);
    expect(events).toEqual([
      'entity-reconcile',
      'rollout-pause',
      'rollout-resume',
      'rollout-resume',
      'rollout-abort',
      'rollout-promote',
    ]);
  });
});
