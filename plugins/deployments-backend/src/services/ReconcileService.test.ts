import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import type { Knex } from 'knex';
import { createTestStores } from '../__testUtils__/createTestStores';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../__testUtils__/MemoryDeploymentProvider';
import { DeploymentAnnouncer } from './DeploymentAnnouncer';
import { ProviderRegistry } from './ProviderRegistry';
import { ReconcileService } from './ReconcileService';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const ENTITY_REF = 'component:default/shop';
const shop = { entityRef: ENTITY_REF, provider: 'memory', etag: 'v1' };

const minutesAgo = (minutes: number) =>
  new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);

describe('ReconcileService', () => {
  let knex: Knex;
  let stores: Awaited<ReturnType<typeof createTestStores>>;

  beforeAll(async () => {
    knex = await databases.init('POSTGRES_18');
    stores = await createTestStores(knex);
  });

  afterEach(async () => {
    for (const table of [
      'tracked_entities',
      'deployments',
      'environments',
      'live_deployments',
    ]) {
      await knex(table).delete();
    }
  });

  async function create() {
    const provider = new MemoryDeploymentProvider();
    const providers = new ProviderRegistry();
    providers.addProvider(provider);
    const events = mockServices.events.mock();
    const signals = { publish: jest.fn(async () => {}) };
    const notifications = {
      send: jest.fn(async (_: NotificationSendOptions) => {}),
    };
    const logger = mockServices.logger.mock();
    const catalog = catalogServiceMock({
      entities: [
        {
          apiVersion: 'v1',
          kind: 'Component',
          metadata: {
            name: 'shop',
            annotations: { [MEMORY_ANNOTATION]: 'prj_1' },
          },
        },
        { apiVersion: 'v1', kind: 'Component', metadata: { name: 'plain' } },
      ],
    });
    const service = new ReconcileService({
      staging: { noteSeen: async () => {} },
      ...stores,
      providers,
      catalog,
      logger,
      auth: mockServices.auth(),
      announcer: new DeploymentAnnouncer({
        deployments: stores.deployments,
        events,
        signals,
        notifications,
        logger,
      }),
      reconcileSeconds: 30,
    });
    await stores.tracked.track([shop]);
    return { service, provider, events, signals, notifications, logger };
  }

  const held = async (id: string) =>
    (await stores.deployments.listById(`memory:${id}`))[0];

  const secondsUntilDue = async (): Promise<number> => {
    const [row] = await knex('tracked_entities').select(
      knex.raw('extract(epoch from due_at - now())::float as seconds'),
    );
    return row.seconds;
  };

  const forgetLooks = () =>
    knex('deployments').update({ observed_at: minutesAgo(60) });

  it('projects what the provider tells, and looks again after the interval', async () => {
    const { service, provider } = await create();
    provider.put({ externalId: 'one', createdAt: minutesAgo(60) });
    provider.setLive('one');
    await service.reconcileDue();
    expect(await held('one')).toMatchObject({
      state: 'ready',
      live: true,
      projectId: 'prj_1',
      teamId: 'team',
    });
    expect(await secondsUntilDue()).toBeGreaterThan(10);
    const looks = provider.calls.length;
    await service.reconcileDue();
    expect(provider.calls).toHaveLength(looks);
  });

  it('looks often while something is being built, and not for ever', async () => {
    const { service, provider } = await create();
    provider.put({
      externalId: 'one',
      state: 'building',
      createdAt: minutesAgo(1),
    });
    await service.reconcileDue();
    expect(await secondsUntilDue()).toBeLessThan(3);

    provider.put({ externalId: 'one', createdAt: minutesAgo(61) });
    await service.reconcileEntity(shop);
    await knex('tracked_entities').update({ due_at: knex.fn.now() });
    await service.reconcileDue();
    expect(await secondsUntilDue()).toBeGreaterThan(10);
  });

  it('keeps why the provider did not answer, and asks it more and more rarely', async () => {
    const { service, provider, logger } = await create();
    provider.failure = new ServiceUnavailableError('Vercel is away');
    const delays = [];
    for (let i = 0; i < 3; i++) {
      await knex('tracked_entities').update({ due_at: knex.fn.now() });
      await service.reconcileDue();
      delays.push(Math.round(await secondsUntilDue()));
    }
    expect(delays).toEqual([30, 60, 120]);
    const [entity] = await stores.tracked.listByEntity(ENTITY_REF);
    expect(entity).toMatchObject({ failures: 3, lastError: 'Vercel is away' });
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining(`Could not reconcile '${ENTITY_REF}'`),
    );

    provider.failure = undefined;
    await service.reconcileEntity(shop);
    const [recovered] = await stores.tracked.listByEntity(ENTITY_REF);
    expect(recovered).toMatchObject({ failures: 0, lastError: undefined });
  });

  it('goes on with other entities when one cannot be asked about', async () => {
    const { service, provider } = await create();
    await stores.tracked.track([
      { ...shop, entityRef: 'component:default/plain' },
      { ...shop, entityRef: 'component:default/gone' },
      { ...shop, entityRef: 'component:default/foreign', provider: 'other' },
    ]);
    provider.put({ externalId: 'one' });
    await service.reconcileDue();
    expect(await held('one')).toBeDefined();
    const errorOf = async (name: string) =>
      (await stores.tracked.listByEntity(`component:default/${name}`))[0]
        .lastError;
    expect(await errorOf('plain')).toContain(
      `annotation '${MEMORY_ANNOTATION}'`,
    );
    expect(await errorOf('gone')).toContain('is not in the catalog');
    expect(await errorOf('foreign')).toContain("'other' is not installed");
  });

  it('fails when its own database does, so that the scheduler sees it', async () => {
    const { service } = await create();
    jest
      .spyOn(stores.tracked, 'claimDue')
      .mockRejectedValueOnce(new Error('no connection'));
    await expect(service.reconcileDue()).rejects.toThrow('no connection');
  });

  it('resolves the project anew when the provider has lost it', async () => {
    const { service, provider } = await create();
    await service.reconcileDue();
    provider.failure = new NotFoundError('No such project');
    await expect(service.reconcileEntity(shop)).rejects.toThrow(
      'No such project',
    );
    provider.failure = undefined;
    await service.reconcileEntity(shop);
    expect(
      provider.calls.filter(call => call === 'resolveProject'),
    ).toHaveLength(2);
  });

  it('turns what a provider should not have thrown into our own 503', async () => {
    const { service, provider } = await create();
    provider.failure = Object.assign(new Error('raw'), { statusCode: 401 });
    const error = await service.reconcileEntity(shop).catch(e => e);
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.statusCode).toBeUndefined();
  });

  it('tells, and keeps, why an entity may not have the project it names', async () => {
    const { service, provider } = await create();
    provider.failure = new ConflictError('It is not linked');
    await expect(service.reconcileEntity(shop)).rejects.toBe(provider.failure);
    const [entity] = await stores.tracked.listByEntity(ENTITY_REF);
    expect(entity).toMatchObject({
      lastError: 'It is not linked',
      project: undefined,
    });
  });

  it('lets requests that come during a look share the next one', async () => {
    const { service, provider } = await create();
    await Promise.all(
      Array.from({ length: 10 }, () => service.reconcileEntity(shop)),
    );
    expect(
      provider.calls.filter(call => call === 'listEnvironments'),
    ).toHaveLength(2);
    await service.reconcileEntity(shop);
    expect(
      provider.calls.filter(call => call === 'listEnvironments'),
    ).toHaveLength(3);
  });

  describe('what the list leaves out', () => {
    it('is asked for by its id when it is live', async () => {
      const { service, provider } = await create();
      provider.put({ externalId: 'old' });
      provider.unlisted.add('old');
      provider.setLive('old');
      await service.reconcileDue();
      expect(await held('old')).toMatchObject({ live: true });
    });

    it('is asked for by its id while it is unfinished', async () => {
      const { service, provider } = await create();
      provider.put({ externalId: 'one', state: 'building' });
      await service.reconcileDue();
      provider.put({ externalId: 'one', state: 'ready' });
      provider.unlisted.add('one');
      await service.reconcileEntity(shop);
      expect(await held('one')).toMatchObject({ state: 'ready' });
    });

    it('stays when it still exists, and is deleted when it does not', async () => {
      const { service, provider } = await create();
      provider.put({ externalId: 'kept' });
      provider.put({ externalId: 'gone' });
      await service.reconcileDue();
      await forgetLooks();
      provider.unlisted.add('kept');
      provider.deployments.delete('gone');
      await service.reconcileEntity(shop);
      expect((await held('kept')).state).toBe('ready');
      expect((await held('gone')).state).toBe('deleted');
    });

    it('is not judged while the provider has trouble', async () => {
      const { service, provider } = await create();
      provider.put({ externalId: 'one' });
      await service.reconcileDue();
      await forgetLooks();
      provider.unlisted.add('one');
      jest
        .spyOn(provider, 'getDeployment')
        .mockRejectedValue(new ServiceUnavailableError('away'));
      await expect(service.reconcileEntity(shop)).rejects.toThrow('away');
      expect((await held('one')).state).toBe('ready');
    });

    it('is caught up with when more than a page was missed', async () => {
      const { service, provider } = await create();
      await service.reconcileDue();
      for (let i = 0; i < 35; i++) {
        provider.put({
          externalId: `new-${i}`,
          createdAt: new Date(Date.now() + 60_000 + i),
        });
      }
      await service.reconcileEntity(shop);
      expect(
        await stores.deployments.list({ entityRef: ENTITY_REF, limit: 100 }),
      ).toHaveLength(35);
    });
  });

  describe('who is told', () => {
    const failing = { externalId: 'one', commit: { sha: 'abcdef0123' } };

    it('hears of what changed, and of nothing else', async () => {
      const { service, provider, events, signals } = await create();
      provider.put({ externalId: 'one' });
      await service.reconcileDue();
      await service.reconcileEntity(shop);
      expect(events.publish.mock.calls).toEqual([
        [
          {
            topic: 'deployments.deployment',
            eventPayload: {
              deploymentId: 'memory:one',
              entityRef: ENTITY_REF,
              environment: 'production',
              state: 'ready',
              live: false,
            },
          },
        ],
      ]);
      expect(signals.publish.mock.calls).toEqual([
        [
          {
            recipients: { type: 'broadcast' },
            channel: `deployments:entity:${ENTITY_REF}`,
            message: {
              entityRef: ENTITY_REF,
              deploymentId: 'memory:one',
              state: 'ready',
            },
          },
        ],
      ]);
    });

    it('are the owners when a production deployment fails, once', async () => {
      const { service, provider, notifications } = await create();
      provider.put({
        ...failing,
        state: 'building',
        createdAt: minutesAgo(1),
      });
      await service.reconcileDue();
      provider.put({ ...failing, state: 'failed', errorMessage: 'No index.' });
      await service.reconcileEntity(shop);
      await service.reconcileEntity(shop);
      expect(notifications.send.mock.calls).toEqual([
        [
          {
            recipients: { type: 'entity', entityRef: ENTITY_REF },
            payload: expect.objectContaining({
              title: 'Production deployment of shop failed',
              description: expect.stringContaining('Commit abcdef0. No index.'),
              link: '/catalog/default/component/shop/deployments',
              severity: 'high',
            }),
          },
        ],
      ]);
    });

    it.each([
      ['something is live', 'before', true],
      ['nothing is', undefined, false],
    ])(
      'hear that traffic is still served when %s',
      async (_, live, isServed) => {
        const { service, provider, notifications } = await create();
        provider.put({ externalId: 'before', createdAt: minutesAgo(120) });
        provider.setLive(live);
        // What another environment serves says nothing about production.
        provider.put({ externalId: 'preview', environment: 'preview' });
        provider.setLive('preview', 'preview');
        provider.put({
          ...failing,
          state: 'failed',
          createdAt: minutesAgo(1),
        });
        await service.reconcileEntity(shop);
        const { description } = notifications.send.mock.calls[0][0].payload;
        expect(/still serves/.test(description ?? '')).toBe(isServed);
      },
    );

    it('is nobody about failed previews and about history', async () => {
      const { service, provider, notifications } = await create();
      provider.put({
        externalId: 'preview',
        environment: 'preview',
        state: 'failed',
        createdAt: minutesAgo(1),
      });
      provider.put({
        externalId: 'history',
        state: 'failed',
        createdAt: minutesAgo(120),
      });
      await service.reconcileDue();
      expect(await held('history')).toBeDefined();
      expect(notifications.send).not.toHaveBeenCalled();
    });

    it('does not have to listen', async () => {
      const { service, provider, events, signals } = await create();
      events.publish.mockRejectedValue(new Error('deaf'));
      signals.publish.mockRejectedValue(new Error('deaf'));
      provider.put({ externalId: 'one' });
      await service.reconcileEntity(shop);
      expect(await held('one')).toBeDefined();
    });
  });
});
