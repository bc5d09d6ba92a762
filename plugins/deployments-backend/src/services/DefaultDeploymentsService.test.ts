import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { ProviderDeployment } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import {
  createTestPlan,
  createTestRollouts,
} from '../__testUtils__/createTestRollouts';
import { createTestStores } from '../__testUtils__/createTestStores';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../__testUtils__/MemoryDeploymentProvider';
import { DefaultDeploymentsService } from './DefaultDeploymentsService';
import { DatabaseDeliveryStore } from '../database/dora/DatabaseDeliveryStore';
import { DeploymentAnnouncer } from './DeploymentAnnouncer';
import { DeliveryHistory } from './dora/DeliveryHistory';
import { ProviderRegistry } from './ProviderRegistry';
import { ReconcileService } from './ReconcileService';
import { TrackingService } from './TrackingService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const user = { credentials: mockCredentials.user() };

const shop = { entityRef: 'component:default/shop' };

describe('DefaultDeploymentsService', () => {
  let knex: Knex;
  let service: DefaultDeploymentsService;
  let stores: Awaited<ReturnType<typeof createTestStores>>;
  let provider: MemoryDeploymentProvider;
  let named: string[];
  let rollouts: ReturnType<typeof createTestRollouts>;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    stores = await createTestStores(knex);
    provider = new MemoryDeploymentProvider();
    named = ['preview', 'production'];
    const providers = new ProviderRegistry();
    providers.addProvider(provider);
    const logger = mockServices.logger.mock();
    const shared = {
      ...stores,
      providers,
      logger,
      auth: mockServices.auth(),
      announcer: new DeploymentAnnouncer({
        deployments: stores.deployments,
        events: mockServices.events.mock(),
        signals: { publish: async () => {} },
        notifications: { send: async () => {} },
        logger,
      }),
      catalog: catalogServiceMock({
        entities: [
          {
            apiVersion: 'v1',
            kind: 'Component',
            metadata: {
              name: 'shop',
              annotations: { [MEMORY_ANNOTATION]: 'prj_1' },
            },
          },
        ],
      }),
    };
    const tracking = new TrackingService(shared);
    rollouts = createTestRollouts(shared);
    const reconcile = new ReconcileService({
      ...shared,
      staging: rollouts.services.staging,
      reconcileSeconds: 30,
    });
    rollouts.world.plan = createTestPlan({ strategy: 'direct' });
    service = new DefaultDeploymentsService({
      ...shared,
      delivery: {
        getPlan: async () => rollouts.world.plan,
        listEnvironments: async () => named,
      },
      rollouts: rollouts.services.rollouts,
      tracking,
      reconcile,
      history: new DeliveryHistory({
        delivery: new DatabaseDeliveryStore(knex),
        rollouts: stores.rollouts,
      }),
    });

    provider.put({ externalId: 'live', createdAt: new Date(1000) });
    provider.put({ externalId: 'ready', createdAt: new Date(2000) });
    provider.put({
      externalId: 'preview',
      environment: 'preview',
      createdAt: new Date(3000),
    });
    provider.put({
      externalId: 'failed',
      state: 'failed',
      createdAt: new Date(4000),
    });
    provider.put({
      externalId: 'building',
      state: 'building',
      createdAt: new Date(5000),
    });
    provider.setLive('live');
    await service.reconcileEntity(shop);
  });

  const promote = (id: string, environment?: string) =>
    service.promoteDeployment({ id: `memory:${id}`, environment }, user);
  const redeploy = (id: string) =>
    service.redeploy({ id: `memory:${id}` }, user);

  /** Has the provider build once without saying so; gives what it built. */
  function loseAnswerTo(verb: 'redeploy' | 'deployTo'): Promise<string> {
    const original = provider[verb].bind(provider) as (
      ...given: unknown[]
    ) => Promise<ProviderDeployment>;
    return new Promise(resolve => {
      jest
        .spyOn(provider, verb)
        .mockImplementationOnce(async (...given: unknown[]) => {
          resolve((await original(...given)).externalId);
          throw new ServiceUnavailableError('The answer was lost.');
        });
    });
  }

  it.each([
    ['live', /has been live since 1970-01-01T00:00:01/],
    ['failed', /it is failed\. Choose one that is ready/],
    ['building', /it is building/],
  ])("does not promote '%s', and says why", async (id, message) => {
    await expect(promote(id)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringMatching(message),
    });
    expect(provider.calls).not.toContain(`promote ${id}`);
  });

  it('shows the new truth after a promotion', async () => {
    expect(await promote('ready')).toMatchObject({
      id: 'memory:ready',
      live: true,
    });
    expect(await service.getDeployment({ id: 'memory:live' })).toMatchObject({
      live: false,
      liveSince: '1970-01-01T00:00:01.000Z',
    });
  });

  it('builds anew for production what was built for another environment', async () => {
    expect(await promote('preview')).toMatchObject({
      id: 'memory:preview-production',
      environment: 'production',
      state: 'queued',
    });
    expect(provider.calls).not.toContain('promote preview');
  });

  it('leads a version from one environment to the next, or to one that is named', async () => {
    named = ['preview', 'staging', 'qa', 'production'];
    expect(await promote('preview')).toMatchObject({
      id: 'memory:preview-staging',
      environment: 'staging',
    });
    expect(provider.calls).toContain('ensureEnvironment staging');
    expect(await promote('preview', 'qa')).toMatchObject({
      environment: 'qa',
    });
    provider.put({ externalId: 'preview-staging', state: 'ready' });
    await service.reconcileEntity(shop);
    await expect(promote('preview-staging', 'staging')).rejects.toThrow(
      "of 'staging' cannot be promoted to 'staging': from there it goes on to qa or production",
    );
    expect(await promote('preview-staging', 'production')).toMatchObject({
      id: 'memory:preview-staging-production',
      environment: 'production',
    });
    await expect(promote('ready', 'staging')).rejects.toMatchObject({
      name: 'ConflictError',
    });
    await expect(promote('preview', 'unknown')).rejects.toMatchObject({
      name: 'ConflictError',
    });
    expect(provider.environments.get('production')?.liveExternalId).toBe(
      'live',
    );
  });

  it('rolls out what was built on request as asked for by who asked, not by the author', async () => {
    rollouts.world.plan = createTestPlan();
    provider.put({
      ...provider.deployments.get('preview')!,
      commit: { sha: 'c'.repeat(40), author: 'ben' },
    });
    await service.reconcileEntity(shop);
    const { id } = await promote('preview');
    provider.put({
      ...provider.deployments.get('preview-production')!,
      state: 'ready',
    });
    await service.reconcileEntity(shop);
    await rollouts.services.starter.startWaiting();
    const { items } = await rollouts.services.rollouts.listRollouts(shop);
    expect(items).toMatchObject([
      { deploymentId: id, createdBy: 'user:default/mock' },
    ]);
  });

  it.each([
    ['redeploy', () => redeploy('ready')],
    ['deployTo', () => promote('preview')],
  ] as const)(
    'knows who asked although the answer to %s was lost, and rolls out in their name',
    async (verb, ask) => {
      rollouts.world.plan = createTestPlan();
      const commit = { sha: 'c'.repeat(40), author: 'ben' };
      provider.put({ externalId: 'ready', commit });
      provider.put({ externalId: 'preview', commit });
      await service.reconcileEntity(shop);
      const loseAnswer = loseAnswerTo(verb);
      await expect(ask()).rejects.toThrow('The answer was lost.');
      const built = await loseAnswer;
      await service.reconcileEntity(shop);
      provider.put({ externalId: built, state: 'ready' });
      await service.reconcileEntity(shop);
      await rollouts.services.starter.startWaiting();
      const { items } = await rollouts.services.rollouts.listRollouts(shop);
      expect(items).toMatchObject([
        { deploymentId: `memory:${built}`, createdBy: 'user:default/mock' },
      ]);
    },
  );

  it('asks with the same key after a lost answer, not again while the build goes on, and with a new one once it failed', async () => {
    const keys = () =>
      provider.calls
        .filter(call => call.startsWith('deployTo '))
        .map(call => call.split(' ')[3]);
    void loseAnswerTo('deployTo');
    await expect(promote('preview')).rejects.toThrow('The answer was lost.');
    const { id } = await promote('preview');
    expect(await promote('preview')).toMatchObject({ id });
    expect(keys()).toHaveLength(2);
    expect(new Set(keys()).size).toBe(1);
    expect(keys()[0]).toMatch(/^build:[\da-f-]{36}$/);
    provider.put({ externalId: 'preview-production', state: 'failed' });
    await service.reconcileEntity(shop);
    await promote('preview');
    expect(new Set(keys()).size).toBe(2);
    const ben = { credentials: mockCredentials.user('user:default/ben') };
    provider.put({ externalId: 'preview-production', state: 'ready' });
    await service.reconcileEntity(shop);
    await service.promoteDeployment({ id: 'memory:preview' }, ben);
    expect(keys()).toHaveLength(3);
    expect(await stores.rollouts.findAsker(id)).toBe('user:default/mock');
  });

  it('leaves nothing of a build that was refused', async () => {
    jest
      .spyOn(provider, 'redeploy')
      .mockRejectedValueOnce(new ConflictError('No.'));
    await expect(redeploy('ready')).rejects.toThrow('No.');
    expect(await knex('build_requests')).toEqual([]);
    provider.put({ externalId: 'by-hand', createdAt: new Date() });
    await service.reconcileEntity(shop);
    expect(await stores.rollouts.findAsker('memory:by-hand')).toBeUndefined();
    expect(await redeploy('ready')).toMatchObject({ state: 'queued' });
  });

  it('does not bring back by a rollback what a rollout took the traffic from', async () => {
    rollouts.world.plan = createTestPlan({
      strategy: 'blue-green',
      stages: [],
    });
    await promote('ready');
    const { controller } = rollouts.services;
    const steer = async () => {
      await knex('rollouts').update({ due_at: knex.fn.now() });
      await controller.steerDue();
    };
    await steer();
    await service.reconcileEntity(shop);
    await service.rollbackToDeployment({ id: 'memory:live' }, user);
    await steer();
    await expect(
      service.rollbackToDeployment({ id: 'memory:ready' }, user),
    ).rejects.toThrow('its rollout was rolled-back, and what serves is older');
    expect(provider.calls).not.toContain('rollback ready');
    await promote('ready');
    const { items } = await rollouts.services.rollouts.listRollouts(shop);
    expect(items).toMatchObject([
      { state: 'queued' },
      { state: 'rolled-back' },
    ]);
  });

  it('starts a rollout instead of moving the traffic where the plan asks for one', async () => {
    rollouts.world.plan = createTestPlan();
    expect(await promote('ready')).toMatchObject({ live: false });
    expect(provider.calls).not.toContain('promote ready');
    const status = await service.getEntityStatus(shop);
    expect(status.environments[0].rollout).toMatchObject({
      deploymentId: 'memory:ready',
      strategy: 'canary',
      state: 'queued',
      percent: 0,
    });
  });

  it('ends a canary at once by a rollback to what serves beside it', async () => {
    rollouts.world.plan = createTestPlan();
    await promote('ready');
    await rollouts.services.controller.steerDue();
    expect(provider.canary?.current?.state).toBe('active');
    const environment = { ...shop, environment: 'production' };
    const target = await service.getRollbackTarget(environment);
    expect(target.id).toBe('memory:live');
    await service.rollbackToDeployment(target, user);
    expect(provider.canary?.current?.state).toBe('aborted');
    await knex('rollouts').update({ due_at: knex.fn.now() });
    await rollouts.services.controller.steerDue();
    const { items } = await rollouts.services.rollouts.listRollouts(shop);
    expect(items[0]).toMatchObject({
      state: 'aborted',
      reason: expect.stringContaining('mock rolled back to live'),
    });
  });

  it('rolls back at once after a switch that the projection has not seen', async () => {
    provider.setLive('ready');
    expect(
      await service.rollbackToDeployment({ id: 'memory:live' }, user),
    ).toMatchObject({ id: 'memory:live', live: true });
    expect(provider.calls).toContain('rollback live');
    await expect(
      service.rollbackToDeployment({ id: 'memory:live' }, user),
    ).rejects.toThrow('has been live since');
  });

  it('tells that a rollback holds the traffic', async () => {
    provider.environments.get('production')!.pinned = {
      since: new Date(7000),
      description: 'Rolled back by ana',
    };
    const { environments } = await service.reconcileEntity(shop);
    expect(environments[0].pinned).toEqual({
      since: '1970-01-01T00:00:07.000Z',
      description: 'Rolled back by ana',
    });
  });

  it('rolls back to what was live before, and never to what a rollback left', async () => {
    const environment = { ...shop, environment: 'production' };
    await expect(service.getRollbackTarget(environment)).rejects.toThrow(
      "There is nothing to go back to in 'production' of 'shop': no older",
    );
    await expect(
      service.rollbackToDeployment({ id: 'memory:ready' }, user),
    ).rejects.toThrow('it has never been live. Promote it instead.');
    await promote('ready');
    const target = await service.getRollbackTarget(environment);
    expect(target.id).toBe('memory:live');
    expect(await service.rollbackToDeployment(target, user)).toMatchObject({
      id: 'memory:live',
      live: true,
    });
    expect(provider.calls).toContain('rollback live');
    await expect(service.getRollbackTarget(environment)).rejects.toMatchObject({
      name: 'NotFoundError',
    });
    await promote('ready');
    expect((await service.getRollbackTarget(environment)).id).toBe(
      'memory:live',
    );
    await knex('deployments')
      .where({ external_id: 'live' })
      .update({ state: 'deleted' });
    await expect(service.getRollbackTarget(environment)).rejects.toMatchObject({
      name: 'NotFoundError',
    });
  });

  it('lists the projects that it knows to be whose, page by page', async () => {
    await stores.tracked.track([
      { entityRef: 'component:default/zoo', provider: 'memory' },
      { entityRef: 'component:default/unresolved', provider: 'memory' },
    ]);
    await stores.tracked.setProject(
      { entityRef: 'component:default/zoo', provider: 'memory' },
      { provider: 'memory', projectId: 'prj_2' },
    );
    const first = await service.listProjects({ limit: 1 });
    expect(first.items).toEqual([
      {
        entityRef: 'component:default/shop',
        provider: 'memory',
        projectId: 'prj_1',
      },
    ]);
    const second = await service.listProjects({ cursor: first.nextCursor });
    expect(second.items.map(({ projectId }) => projectId)).toEqual(['prj_2']);
    expect(second.nextCursor).toBeUndefined();
  });

  it('does not call a promotion failed because the look after it was', async () => {
    jest
      .spyOn(provider, 'listEnvironments')
      .mockRejectedValue(new ServiceUnavailableError('away'));
    expect(await promote('ready')).toMatchObject({ live: false });
    const [row] = await knex('tracked_entities');
    expect(Number(row.requested_generation)).toBe(1);
  });

  it('does not deploy again what is still under way or deleted', async () => {
    await expect(redeploy('building')).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('still building'),
    });
    await knex('deployments')
      .where({ external_id: 'failed' })
      .update({ state: 'deleted' });
    await expect(redeploy('failed')).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('was deleted'),
    });
  });

  it('gives the new deployment at once, before the next look', async () => {
    expect(await redeploy('failed')).toMatchObject({
      id: 'memory:failed-again',
      state: 'queued',
      environment: 'production',
    });
    const { items } = await service.listDeployments(shop);
    expect(items[0].id).toBe('memory:failed-again');
    expect(items[0]).not.toHaveProperty('teamId');
  });

  it('refuses to deploy again for an entity whose deployment it is not', async () => {
    await expect(
      service.redeploy(
        { id: 'memory:ready', entityRef: 'component:default/other' },
        user,
      ),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it.each([
    ['building', true, true],
    ['building', false, false],
    ['ready', true, false],
  ])(
    "reads the log of '%s' (follow: %s) with follow: %s",
    async (id, follow, followed) => {
      const lines = await service.streamBuildLog({
        id: `memory:${id}`,
        follow,
        signal: new AbortController().signal,
      });
      for await (const _ of lines);
      expect(provider.logOptions?.follow).toBe(followed);
    },
  );

  it('puts production first, and says nothing is live where nothing is', async () => {
    const status = await service.getEntityStatus(shop);
    expect(
      status.environments.map(({ environment, live, latest, url }) => [
        environment,
        live?.externalId,
        latest?.externalId,
        url,
      ]),
    ).toEqual([
      ['production', 'live', 'building', 'https://shop-production.example.com'],
      ['preview', undefined, 'preview', undefined],
    ]);
    expect(status.staleReason).toBeUndefined();
    expect(Date.parse(status.asOf!)).toBeGreaterThan(0);
  });

  it('counts by day in UTC what was deployed to production, of 14 days', async () => {
    await knex('live_deployments').delete();
    await knex('live_deployments').insert(
      [
        ['production', 14, 'live'],
        ['production', 13, 'ready'],
        ['production', 13, 'failed'],
        ['preview', 1, 'preview'],
        // A rollback is no deployment.
        ['production', 1, 'ready'],
        ['production', 0, 'building'],
      ].map(([environment, days, id]) => ({
        entity_ref: shop.entityRef,
        environment,
        deployment_id: `memory:${id}`,
        from_at: knex.raw(
          "date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - make_interval(days => ?)",
          [days],
        ),
        to_at: knex.fn.now(),
      })),
    );
    const { deploysByDay } = await service.getEntityStatus(shop);
    const day = (ago: number) =>
      new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    expect(deploysByDay).toEqual([
      { date: day(13), count: 2 },
      { date: day(0), count: 1 },
    ]);
  });

  it('has nothing to tell of an entity that nobody follows', async () => {
    const entityRef = 'component:default/other';
    expect(await service.getEntityStatus({ entityRef })).toEqual({
      entityRef,
      environments: [],
      asOf: undefined,
      staleReason: undefined,
      deploysByDay: [],
    });
    await expect(service.reconcileEntity({ entityRef })).rejects.toMatchObject({
      name: 'NotFoundError',
    });
  });

  it('lists 25 deployments when not told otherwise', async () => {
    for (let i = 0; i < 30; i++) {
      provider.put({
        externalId: `n${i}`,
        createdAt: new Date(Date.now() + 60_000 + i),
      });
    }
    await service.reconcileEntity(shop);
    const first = await service.listDeployments(shop);
    expect(first.items).toHaveLength(25);
    const second = await service.listDeployments({
      ...shop,
      cursor: first.nextCursor,
    });
    expect(second.items).toHaveLength(10);
    expect(second.nextCursor).toBeUndefined();
  });
});
