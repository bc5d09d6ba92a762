import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { RolloutPlan } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { createTestStores } from '../../__testUtils__/createTestStores';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { MemoryDeploymentProvider } from '../../__testUtils__/MemoryDeploymentProvider';
import { DatabaseDeliveryFileStore } from '../../database/delivery/DatabaseDeliveryFileStore';
import { DatabaseNamedEnvironmentsStore } from '../../database/delivery/DatabaseNamedEnvironmentsStore';
import { scheduleAlignRolloutStagingJob } from '../../jobs/alignRolloutStagingJob';
import { DefaultDeliveryService } from '../delivery/DefaultDeliveryService';
import type { DeliveryFileReader } from '../delivery/DeliveryFileReader';
import { NamedEnvironments } from '../delivery/NamedEnvironments';
import { ProviderRegistry } from '../ProviderRegistry';
import { StagingService } from './StagingService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const canary = createTestPlan();
const direct = createTestPlan({ strategy: 'direct' });

const refOf = (number: number) => `component:default/shop-${number}`;
const projectOf = (number: number) => ({
  provider: 'memory',
  projectId: `prj_${number}`,
});

describe('StagingService', () => {
  let knex: Knex;
  let stores: Awaited<ReturnType<typeof createTestStores>>;
  let files: DatabaseDeliveryFileStore;
  let provider: MemoryDeploymentProvider;
  let staging: StagingService;
  let named: NamedEnvironments;
  /** What files say when they are read; an error while one is away. */
  let written: Map<string, RolloutPlan | Error>;
  let reads: string[];

  async function readFile({ entityRef }: { entityRef: string }) {
    reads.push(entityRef);
    const held = await files.begin({ entityRef, nextInSeconds: 300 });
    const plan = written.get(entityRef) ?? direct;
    await files.save(
      held,
      plan instanceof Error
        ? { outcome: 'failed', error: plan.message, retryInSeconds: 15 }
        : { outcome: 'read', url: 'x', plans: { production: plan } },
    );
  }

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    stores = await createTestStores(knex);
    files = new DatabaseDeliveryFileStore(knex);
    provider = new MemoryDeploymentProvider();
    written = new Map();
    reads = [];
    const providers = new ProviderRegistry();
    providers.addProvider(provider);
    const shared = {
      ...stores,
      providers,
      environments: new DatabaseNamedEnvironmentsStore(knex),
      auditor: mockServices.auditor.mock({
        createEvent: async () => ({
          success: async () => {},
          fail: async () => {},
        }),
      }),
      logger: mockServices.logger.mock(),
    };
    const delivery = new DefaultDeliveryService({
      ...shared,
      store: files,
      reader: { readFile } as unknown as DeliveryFileReader,
    });
    staging = new StagingService({ ...shared, delivery });
    named = new NamedEnvironments(shared);
  });

  /** Has so many entities followed, each with a project of its own. */
  async function follow(count: number) {
    for (let number = 0; number < count; number++) {
      const entity = { entityRef: refOf(number), provider: 'memory' };
      await stores.tracked.track([entity]);
      await stores.tracked.setProject(entity, projectOf(number));
    }
  }

  async function countQueries(run: () => Promise<void>): Promise<number> {
    let count = 0;
    const counter = () => (count += 1);
    knex.on('query', counter);
    await run();
    knex.removeListener('query', counter);
    return count;
  }

  const stagings = () =>
    provider.calls.filter(call => call.startsWith('setStaging'));

  it('asks the database once, and the provider nothing, while 100 projects are as their plans ask', async () => {
    await follow(100);
    for (let number = 0; number < 100; number++) {
      written.set(refOf(number), number % 2 ? canary : direct);
    }
    await staging.alignAll();
    expect(reads).toHaveLength(100);
    expect(stagings()).toHaveLength(50);
    provider.calls.length = 0;
    const perTick = await countQueries(() => staging.alignAll());
    expect(perTick).toBe(1);
    expect(await countQueries(() => named.align())).toBe(2);
    expect(provider.calls).toEqual([]);
    expect(reads).toHaveLength(100);

    written.set(refOf(7), direct);
    await readFile({ entityRef: refOf(7) });
    const perChange = await countQueries(() => staging.alignAll());
    expect(perChange).toBeLessThan(10);
    expect(stagings()).toEqual(['setStaging false']);
  });

  it('waits ever longer with one that fails, and keeps no other waiting', async () => {
    await follow(2);
    written.set(refOf(0), canary);
    written.set(refOf(1), new ServiceUnavailableError('GitHub is away.'));
    provider.failure = new ServiceUnavailableError('Away.');
    for (let tick = 0; tick < 5; tick++) await staging.alignAll();
    expect(stagings()).toHaveLength(2);
    expect(reads.filter(ref => ref === refOf(1))).toHaveLength(1);
    provider.failure = undefined;
    written.set(refOf(1), canary);
    await knex('delivery_files').update({ due_at: knex.fn.now() });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      await staging.alignAll();
      expect(await stores.stagings.find(projectOf(1))).toEqual({ told: true });
      expect(await stores.stagings.find(projectOf(0))).toEqual({ told: false });
      jest.setSystemTime(Date.now() + 60_000);
      await staging.alignAll();
    } finally {
      jest.useRealTimers();
    }
    expect(await stores.stagings.find(projectOf(0))).toEqual({ told: true });
  });

  it('reads a plan once for each version that is built, and then counts what its commit changed', async () => {
    await follow(1);
    const events = mockServices.events.mock();
    await scheduleAlignRolloutStagingJob({
      scheduler: mockServices.scheduler.mock(),
      events,
      staging,
    });
    const [{ onEvent, topics }] = events.subscribe.mock.calls[0];
    const build = async (externalId: string, state: 'queued' | 'building') => {
      const told = provider.put({ externalId, state });
      await stores.deployments.applyObservation({
        entityRef: refOf(0),
        project: projectOf(0),
        askedAt: await stores.tracked.now(),
        deployments: [told],
        environments: [],
      });
      await onEvent({
        topic: topics[0],
        eventPayload: {
          entityRef: refOf(0),
          deploymentId: `memory:${externalId}`,
          environment: 'production',
          state,
        },
      });
    };
    await build('one', 'queued');
    await build('one', 'building');
    expect(reads).toHaveLength(1);
    expect(stagings()).toEqual([]);
    written.set(refOf(0), canary);
    await build('two', 'queued');
    expect(reads).toHaveLength(2);
    expect(stagings()).toEqual(['setStaging true']);
    await build('two', 'building');
    await build('three', 'queued');
    expect(reads).toHaveLength(2);
  });
});
