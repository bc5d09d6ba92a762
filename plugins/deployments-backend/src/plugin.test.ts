import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { DeploymentsClient } from '@forkyard/plugin-deployments-common';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import request from 'supertest';
import deploymentsPlugin from './index';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from './__testUtils__/MemoryDeploymentProvider';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const ENTITY_REF = 'component:default/shop';

function component(name: string, annotations: Record<string, string> = {}) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', etag: name, annotations },
  };
}

async function start() {
  const provider = new MemoryDeploymentProvider();
  provider.put({
    externalId: 'one',
    commit: { sha: 'a'.repeat(40), message: 'First' },
    createdAt: new Date('2026-11-21T09:00:00Z'),
  });
  provider.put({
    externalId: 'two',
    createdAt: new Date('2026-11-21T10:00:00Z'),
  });
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
  const knex = await databases.init('POSTGRES_18');
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
      mockServices.database.factory({ knex }),
      permissions.factory,
      auditor.factory,
      scheduler.factory,
      catalogServiceMock.factory({
        entities: [
          component('shop', { [MEMORY_ANNOTATION]: 'prj_1' }),
          component('plain'),
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
  return { server, provider, permissions, auditor, scheduler, call };
}

type Started = Awaited<ReturnType<typeof start>>;

async function startReconciled() {
  const started = await start();
  await started.call('post', '/reconcile').send({ entityRef: ENTITY_REF });
  return started;
}

function deny({ permissions }: Started, ...names: string[]) {
  permissions.authorize.mockImplementation(async requests =>
    requests.map(({ permission }) => ({
      result: names.includes(permission.name)
        ? AuthorizeResult.DENY
        : AuthorizeResult.ALLOW,
    })),
  );
}

const one = encodeURIComponent('memory:one');
const two = encodeURIComponent('memory:two');

describe('deploymentsPlugin', () => {
  const routes: ['get' | 'post', string][] = [
    ['get', `/deployments?entityRef=${ENTITY_REF}`],
    ['get', `/deployments/${one}`],
    ['get', `/deployments/${one}/log`],
    ['post', `/deployments/${one}/redeploy`],
    ['post', `/deployments/${one}/promote`],
    ['post', `/deployments/${one}/rollback`],
    ['get', `/rollback-target?entityRef=${ENTITY_REF}&environment=production`],
    ['get', `/status?entityRef=${ENTITY_REF}`],
    ['post', '/reconcile'],
  ];

  it('answers 401 on every route to callers who do not say who they are', async () => {
    const { call } = await startReconciled();
    const statuses = [];
    for (const [method, path] of routes) {
      const response = await call(
        method,
        path,
        mockCredentials.none.header(),
      ).send(method === 'post' ? { entityRef: ENTITY_REF } : undefined);
      statuses.push(response.status);
    }
    expect(statuses).toEqual(routes.map(() => 401));
  });

  it('answers 404 on every route to users who may not see the entity', async () => {
    const started = await startReconciled();
    deny(started, 'deployments.deployment.read');
    const statuses = [];
    for (const [method, path] of routes) {
      const response = await started
        .call(method, path)
        .send(method === 'post' ? { entityRef: ENTITY_REF } : undefined);
      statuses.push(response.status);
    }
    expect(statuses).toEqual(routes.map(() => 404));
    expect(started.provider.calls).not.toContain('promote one');
  });

  it('lists projects for other backends, and refuses people', async () => {
    const { call } = await startReconciled();
    expect((await call('get', '/projects')).status).toBe(403);
    const response = await call(
      'get',
      '/projects?limit=10',
      mockCredentials.service.header(),
    );
    expect(response.body.items).toEqual([
      { entityRef: ENTITY_REF, provider: 'memory', projectId: 'prj_1' },
    ]);
  });

  it('answers 403 to users who see a deployment and may not change it or read its log', async () => {
    const started = await startReconciled();
    deny(
      started,
      'deployments.log.read',
      'deployments.deployment.create',
      'deployments.deployment.promote',
    );
    const { call, provider } = started;
    const log = await call('get', `/deployments/${one}/log`);
    const redeploy = await call('post', `/deployments/${one}/redeploy`);
    const promote = await call('post', `/deployments/${two}/promote`);
    expect([log.status, redeploy.status, promote.status]).toEqual([
      403, 403, 403,
    ]);
    expect(promote.body.error.message).toContain(
      "You may not promote deployments of 'component:default/shop'",
    );
    expect(provider.calls.join()).not.toMatch(
      /redeploy|promote|streamBuildLog/,
    );
  });

  it.each([
    ['get', '/deployments'],
    ['get', '/deployments?entityRef=::'],
    ['get', `/deployments?entityRef=${ENTITY_REF}&limit=0`],
    ['get', `/deployments?entityRef=${ENTITY_REF}&limit=101`],
    ['get', `/deployments?entityRef=${ENTITY_REF}&state=broken`],
    ['get', `/deployments?entityRef=${ENTITY_REF}&cursor=nonsense`],
    ['get', '/deployments/one'],
    ['get', `/deployments/${one}/log?follow=perhaps`],
    ['get', '/status'],
    ['post', '/reconcile'],
  ] as const)('answers 400 to %s %s', async (method, path) => {
    const { call } = await startReconciled();
    const response = await call(method, path);
    expect(response.status).toBe(400);
    expect(response.body.error.name).toBe('InputError');
  });

  it('answers 404 for a deployment that nobody knows', async () => {
    const { call } = await startReconciled();
    const id = encodeURIComponent('memory:dpl_ä/..%2f');
    expect((await call('get', `/deployments/${id}`)).status).toBe(400);
    const response = await call('get', '/deployments/memory%3Anone');
    expect(response.status).toBe(404);
  });

  it('answers 503, not 401, when the provider cannot be asked, and keeps what it holds', async () => {
    const { call, provider } = await startReconciled();
    provider.failure = new ServiceUnavailableError('Vercel refused (401)');
    const reconcile = await call('post', '/reconcile').send({
      entityRef: ENTITY_REF,
    });
    const redeploy = await call('post', `/deployments/${one}/redeploy`);
    const promote = await call('post', `/deployments/${two}/promote`);
    const log = await call('get', `/deployments/${one}/log`);
    expect(
      [reconcile, redeploy, promote, log].map(({ status }) => status),
    ).toEqual([503, 503, 503, 503]);
    const { body } = await call('get', `/status?entityRef=${ENTITY_REF}`);
    expect(body.staleReason).toBe('Vercel refused (401)');
    expect(body.asOf).toBeDefined();
    expect(body.environments[0].live.id).toBe('memory:one');
  });

  it('tells what an entity has live and what is newer', async () => {
    const { call } = await startReconciled();
    const { body } = await call('get', `/status?entityRef=${ENTITY_REF}`);
    expect(body).toMatchObject({
      entityRef: ENTITY_REF,
      environments: [
        {
          environment: 'production',
          url: 'https://shop-production.example.com',
          live: {
            id: 'memory:one',
            live: true,
            commit: { message: 'First' },
            aliases: ['https://shop-production.example.com'],
          },
          latest: { id: 'memory:two', live: false },
        },
      ],
    });
    expect(body.environments[0].live).not.toHaveProperty('teamId');
  });

  it('answers other backends about entities that the catalog does not have yet', async () => {
    const { call } = await start();
    const path = '/status?entityRef=component:default/not-registered';
    const service = await call('get', path, mockCredentials.service.header());
    expect(service.status).toBe(200);
    expect(service.body.environments).toEqual([]);
    expect((await call('get', path)).status).toBe(404);
  });

  it('refuses to reconcile an entity that names no project', async () => {
    const { call } = await start();
    const response = await call('post', '/reconcile').send({
      entityRef: 'component:default/plain',
    });
    expect(response.status).toBe(404);
    expect(response.body.error.message).toContain('none of its annotations');
  });

  it('redeploys, promotes, rolls back and reconciles, and leaves each in the audit log', async () => {
    const { call, provider, auditor } = await startReconciled();
    const redeploy = await call('post', `/deployments/${one}/redeploy`);
    expect(redeploy.status).toBe(201);
    expect(redeploy.body).toMatchObject({
      id: 'memory:one-again',
      state: 'queued',
    });
    const promote = await call('post', `/deployments/${two}/promote`);
    expect(promote.body).toMatchObject({ id: 'memory:two', live: true });
    const to = (environment: unknown) =>
      call('post', `/deployments/${two}/promote`).send({ environment });
    expect((await to(7)).status).toBe(400);
    const back = await to('staging');
    expect(back.status).toBe(409);
    expect(back.body.error.message).toContain(
      "cannot be promoted to 'staging'",
    );
    expect(auditor.createEvent).toHaveBeenLastCalledWith(
      expect.objectContaining({
        eventId: 'deployment-promote',
        meta: { id: 'memory:two', environment: 'staging' },
      }),
    );
    const target = await call(
      'get',
      '/rollback-target?entityRef=component:default/shop&environment=production',
    );
    expect(target.body.id).toBe('memory:one');
    const rollback = await call('post', `/deployments/${one}/rollback`);
    expect(rollback.body).toMatchObject({ id: 'memory:one', live: true });
    expect(provider.calls).toEqual(
      expect.arrayContaining(['redeploy one', 'promote two', 'rollback one']),
    );
    expect(
      jest
        .mocked(auditor.createEvent)
        .mock.calls.map(([{ eventId }]) => eventId),
    ).toEqual([
      'entity-reconcile',
      'deployment-redeploy',
      'deployment-promote',
      'deployment-promote',
      'deployment-rollback',
    ]);
  });

  it('speaks to the client of deployments-common, log and pages included', async () => {
    const { server, provider } = await startReconciled();
    provider.log = [
      {
        sequence: 1,
        at: '2026-11-21T09:00:00.000Z',
        stream: 'stdout',
        text: 'npm ci',
      },
    ];
    const address = server.address() as { port: number };
    const client = new DeploymentsClient({
      discoveryApi: {
        getBaseUrl: async id => `http://127.0.0.1:${address.port}/api/${id}`,
      },
    });
    const options = { token: mockCredentials.user.token() };
    const first = await client.listDeployments(
      { entityRef: ENTITY_REF, limit: 1, states: ['ready', 'failed'] },
      options,
    );
    const second = await client.listDeployments(
      { entityRef: ENTITY_REF, limit: 1, cursor: first.nextCursor },
      options,
    );
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([
      'memory:two',
      'memory:one',
    ]);
    expect(second.nextCursor).toBeUndefined();
    const lines = [];
    for await (const line of client.streamBuildLog(
      { id: 'memory:one' },
      options,
    )) {
      lines.push(line.text);
    }
    expect(lines).toEqual(['npm ci']);
  });

  describe('webhooks', () => {
    const send = (
      { server }: Started,
      body: string,
      signature = 'good',
      provider = 'memory',
    ) =>
      request(server)
        .post(`/api/deployments/webhooks/${provider}`)
        .set('x-signature', signature)
        .set('content-type', 'application/json')
        .send(body);

    const body = '{"eventId":"evt_1","projectId":"prj_1"}';

    async function drain(started: Started) {
      await started.scheduler.scheduleTask.mock.calls
        .map(([task]) => task)
        .find(({ id }) => id === 'reconcile-entities')!
        .fn(new AbortController().signal);
    }

    it('refuses what is not signed, is too long, or is for nobody', async () => {
      const started = await startReconciled();
      expect((await send(started, body, 'bad')).status).toBe(401);
      expect((await send(started, 'x'.repeat(600_000))).status).toBe(413);
      expect((await send(started, body, 'good', 'other')).status).toBe(404);
      expect((await send(started, '')).status).toBe(400);
    });

    it('looks at the project at once, and drops a repeat', async () => {
      const started = await startReconciled();
      const { provider } = started;
      await drain(started);
      const looks = () =>
        provider.calls.filter(call => call === 'listEnvironments').length;
      const before = looks();

      expect((await send(started, body)).status).toBe(202);
      await drain(started);
      expect(looks()).toBe(before + 1);

      expect((await send(started, body)).status).toBe(202);
      await drain(started);
      expect(looks()).toBe(before + 1);
    });

    it('accepts events that concern no project, and does nothing', async () => {
      const started = await startReconciled();
      await drain(started);
      const before = started.provider.calls.length;
      expect((await send(started, '{"eventId":"evt_2"}')).status).toBe(202);
      await drain(started);
      expect(started.provider.calls).toHaveLength(before);
    });
  });
});
