import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { Knex } from 'knex';
import { scheduleDiscoverEntitiesJob } from '../jobs/discoverEntitiesJob';
import { createTestStores } from '../__testUtils__/createTestStores';
import {
  MEMORY_ANNOTATION,
  MemoryDeploymentProvider,
} from '../__testUtils__/MemoryDeploymentProvider';
import { ProviderRegistry } from './ProviderRegistry';
import { TrackingService } from './TrackingService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const component = (name: string, project?: string): Entity => ({
  apiVersion: 'v1',
  kind: 'Component',
  metadata: {
    name,
    etag: `${name} of ${project}`,
    annotations: project ? { [MEMORY_ANNOTATION]: project } : {},
  },
});

const provider = new MemoryDeploymentProvider();

describe('TrackingService', () => {
  let knex: Knex;
  let stores: Awaited<ReturnType<typeof createTestStores>>;

  beforeAll(async () => {
    knex = await databases.init('POSTGRES_18');
    stores = await createTestStores(knex);
  });

  afterEach(async () => {
    await knex('tracked_entities').delete();
  });

  function create(entities: Entity[]) {
    const providers = new ProviderRegistry();
    providers.addProvider(provider);
    const catalog = catalogServiceMock({ entities });
    const service = new TrackingService({
      tracked: stores.tracked,
      providers,
      catalog,
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
    });
    return { service, catalog, providers };
  }

  const tracked = async () =>
    (await stores.tracked.list()).map(({ entityRef }) => entityRef).sort();

  it('follows every entity that carries the annotation, page by page', async () => {
    const many = Array.from({ length: 501 }, (_, i) =>
      component(`shop-${i}`, 'prj'),
    );
    const { service } = create([...many, component('plain')]);
    await service.discoverEntities();
    expect(await tracked()).toHaveLength(501);
    expect(await tracked()).not.toContain('component:default/plain');
  });

  it('follows an entity anew whose annotation changed', async () => {
    await create([component('shop', 'prj_1')]).service.discoverEntities();
    const [first] = await stores.tracked.claimDue({
      limit: 1,
      leaseSeconds: 60,
    });
    await stores.tracked.complete(first.leaseId, {
      succeeded: true,
      nextInSeconds: 30,
    });
    await create([component('shop', 'prj_1')]).service.discoverEntities();
    expect(
      await stores.tracked.claimDue({ limit: 1, leaseSeconds: 60 }),
    ).toEqual([]);
    await create([component('shop', 'prj_2')]).service.discoverEntities();
    expect(
      await stores.tracked.claimDue({ limit: 1, leaseSeconds: 60 }),
    ).toHaveLength(1);
  });

  it('gives up what is definitely gone', async () => {
    await create([
      component('kept', 'prj_1'),
      component('gone', 'prj_2'),
      component('bare', 'prj_3'),
    ]).service.discoverEntities();
    await create([
      component('kept', 'prj_1'),
      component('bare'),
    ]).service.discoverEntities();
    expect(await tracked()).toEqual(['component:default/kept']);
  });

  it('gives up nothing because the catalog told of less', async () => {
    const { service, catalog } = create([component('shop', 'prj_1')]);
    await service.discoverEntities();
    jest
      .spyOn(catalog, 'queryEntities')
      .mockResolvedValue({ items: [], totalItems: 0, pageInfo: {} });
    await service.discoverEntities();
    expect(await tracked()).toEqual(['component:default/shop']);
  });

  it('gives up nothing while the catalog is away, and fails', async () => {
    const { service, catalog } = create([component('shop', 'prj_1')]);
    await service.discoverEntities();
    jest.spyOn(catalog, 'queryEntities').mockRejectedValue(new Error('away'));
    await expect(service.discoverEntities()).rejects.toThrow('away');
    expect(await tracked()).toEqual(['component:default/shop']);
  });

  it('refuses two providers of one id', () => {
    const { providers } = create([]);
    expect(() => providers.addProvider(provider)).toThrow(
      /'memory' is already there/,
    );
  });

  describe('on an event about a fork', () => {
    async function publish(entities: Entity[], eventPayload: unknown) {
      const { service } = create(entities);
      const events = mockServices.events.mock();
      await scheduleDiscoverEntitiesJob({
        events,
        scheduler: mockServices.scheduler.mock(),
        tracking: service,
      });
      const [[{ onEvent, topics }]] = events.subscribe.mock.calls;
      expect(topics).toEqual(['forks.fork']);
      await onEvent({ topic: topics[0], eventPayload });
    }

    it('follows its entity at once', async () => {
      await publish([component('shop', 'prj_1')], {
        kind: 'registered',
        entityRef: 'component:default/shop',
      });
      expect(await tracked()).toEqual(['component:default/shop']);
    });

    it.each([
      ['the catalog does not have it yet', { entityRef: 'component:a/b' }],
      ['it names no project', { entityRef: 'component:default/plain' }],
      ['the event makes no sense', 'nonsense'],
    ])('waits for the next discovery when %s', async (_, payload) => {
      await publish([component('plain')], payload);
      expect(await tracked()).toEqual([]);
    });
  });
});
