import { randomUUID } from 'node:crypto';
import type { AuditorServiceCreateEventOptions } from '@backstage/backend-plugin-api';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createTestStores } from '../../__testUtils__/createTestStores';
import { MemoryDeploymentProvider } from '../../__testUtils__/MemoryDeploymentProvider';
import { DatabaseDeliveryFileStore } from '../../database/delivery/DatabaseDeliveryFileStore';
import { DatabaseNamedEnvironmentsStore } from '../../database/delivery/DatabaseNamedEnvironmentsStore';
import { scheduleAlignEnvironmentsJob } from '../../jobs/alignEnvironmentsJob';
import { ProviderRegistry } from '../ProviderRegistry';
import { createPlan } from './deliveryPlans';
import { DefaultDeliveryService } from './DefaultDeliveryService';
import type { DeliveryFileReader } from './DeliveryFileReader';
import { NamedEnvironments } from './NamedEnvironments';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const entityRef = 'component:default/shop';
const project = { provider: 'memory', projectId: 'prj_1', teamId: 'team' };
const pushed = createPlan('direct', { deployOn: 'push' });
const promoted = createPlan('direct');

describe('NamedEnvironments', () => {
  let knex: Knex;
  let stores: Awaited<ReturnType<typeof createTestStores>>;
  let files: DatabaseDeliveryFileStore;
  let provider: MemoryDeploymentProvider;
  let named: NamedEnvironments;
  let delivery: DefaultDeliveryService;
  let audits: (AuditorServiceCreateEventOptions & { ended: string })[];

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    stores = await createTestStores(knex);
    provider = new MemoryDeploymentProvider();
    audits = [];
    files = new DatabaseDeliveryFileStore(knex);
    named = create();
    delivery = new DefaultDeliveryService({
      store: files,
      reader: undefined as unknown as DeliveryFileReader,
      environments: new DatabaseNamedEnvironmentsStore(knex),
      tracked: stores.tracked,
    });
    await stores.tracked.track([{ entityRef, provider: 'memory' }]);
    await stores.tracked.setProject({ entityRef, provider: 'memory' }, project);
  });

  /** Another one is another replica. */
  function create() {
    const providers = new ProviderRegistry();
    providers.addProvider(provider);
    return new NamedEnvironments({
      environments: new DatabaseNamedEnvironmentsStore(knex),
      tracked: stores.tracked,
      providers,
      auditor: mockServices.auditor.mock({
        createEvent: async event => {
          const kept = { ...event, ended: '' };
          audits.push(kept);
          return {
            success: async () => void (kept.ended = 'success'),
            fail: async ({ error }) => void (kept.ended = error.message),
          };
        },
      }),
      logger: mockServices.logger.mock(),
    });
  }

  async function read(plans: Record<string, typeof pushed>) {
    const held = await files.begin({ entityRef, nextInSeconds: 300 });
    await files.save(held, { outcome: 'read', url: 'x', plans });
  }

  const observe = (built: ReturnType<MemoryDeploymentProvider['put']>) =>
    stores.tracked.now().then(askedAt =>
      stores.deployments.applyObservation({
        entityRef,
        project,
        askedAt,
        deployments: [built],
        environments: [],
      }),
    );

  let clock = 0;
  async function build(externalId: string, sha = externalId) {
    clock += 1;
    const built = provider.put({
      externalId,
      createdAt: new Date(clock * 1000),
      commit: { sha: sha.padEnd(40, '0') },
    });
    await observe(built);
  }

  const allDue = async () => {
    const due_at = knex.fn.now();
    await knex('delivery_environments').update({ due_at });
    await knex('delivery_deployments').update({ due_at });
  };

  const problems = async () =>
    (await delivery.getDelivery({ entityRef })).fileProblems;

  const calls = (verb: string) =>
    provider.calls.filter(call => call.startsWith(verb));

  it('makes what a file names, in its order, and looks for it again', async () => {
    await read({
      production: promoted,
      qa: promoted,
      staging: promoted,
      preview: promoted,
    });
    expect(await delivery.listEnvironments({ entityRef })).toEqual([
      'preview',
      'qa',
      'staging',
      'production',
    ]);
    await named.align();
    expect(calls('ensure').sort()).toEqual([
      'ensureEnvironment qa',
      'ensureEnvironment staging',
    ]);
    await named.align();
    expect(calls('ensure')).toHaveLength(2);
    await allDue();
    await Promise.all([named.align(), create().align()]);
    expect(calls('ensure')).toHaveLength(4);

    await read({ production: promoted });
    await allDue();
    await named.align();
    expect(calls('ensure')).toHaveLength(4);
  });

  it('tells why one could not be made, and nothing more once it is there', async () => {
    await read({ production: promoted, staging: pushed });
    await build('one');
    provider.failure = new ConflictError('Upgrade the plan.');
    await named.align();
    expect(await problems()).toEqual([
      {
        message:
          "The environment 'staging' could not be made and is tried again: Upgrade the plan.",
      },
    ]);
    expect(
      await delivery.getPlan({ entityRef, environment: 'production' }),
    ).toEqual(promoted);
    provider.failure = undefined;
    await named.align();
    expect(calls('ensure')).toHaveLength(1);
    expect(calls('deployTo')).toEqual([]);
    await allDue();
    await named.align();
    expect(await problems()).toEqual([]);
    expect(calls('deployTo')).toHaveLength(1);

    provider.failure = new ConflictError('Upgrade the plan.');
    await allDue();
    await named.align();
    expect(await problems()).toHaveLength(1);
    await read({ production: promoted });
    expect(await problems()).toEqual([]);
  });

  it('waits for the project of an entity without calling that a problem', async () => {
    await read({ staging: promoted });
    await stores.tracked.setProject(
      { entityRef, provider: 'memory' },
      undefined,
    );
    await named.align();
    expect(provider.calls).toEqual([]);
    expect(await problems()).toEqual([]);
  });

  it('deploys each pushed commit once, however many look and whatever is built of it again', async () => {
    await read({ staging: pushed, qa: promoted, production: promoted });
    await named.align();
    await build('old');
    await build('new');
    await Promise.all([named.align(), create().align(), named.deployPushes()]);
    const [row] = await knex('delivery_deployments');
    expect(calls('deployTo')).toEqual([
      `deployTo staging new push:${row.request_key}`,
    ]);
    expect(row.request_key).toMatch(/^[\da-f-]{36}$/);

    await build('again', 'new');
    await allDue();
    await named.align();
    expect(calls('deployTo')).toHaveLength(1);

    await stores.builds.confirm(randomUUID(), {
      deploymentId: 'memory:asked',
      actor: 'user:default/ana',
    });
    await build('asked', 'from-a-branch');
    await named.align();
    expect(calls('deployTo')).toHaveLength(1);

    await build('next');
    await named.align();
    expect(calls('deployTo')).toHaveLength(2);
    const [{ requested_generation: looks }] = await knex('tracked_entities');
    expect(Number(looks)).toBe(2);
  });

  it('makes no second deployment when the answer to the first was lost', async () => {
    await read({ staging: pushed });
    await named.align();
    await build('one');
    const deployTo = provider.deployTo.bind(provider);
    jest
      .spyOn(provider, 'deployTo')
      .mockImplementationOnce(async (...given) => {
        await deployTo(...given);
        throw new ServiceUnavailableError('The answer was lost.');
      });
    await named.deployPushes();
    expect(await problems()).toEqual([
      {
        message:
          "Commit one0000 could not be deployed to 'staging' and is tried again: The answer was lost.",
      },
    ]);
    await named.deployPushes();
    expect(calls('deployTo')).toHaveLength(1);
    await allDue();
    await named.deployPushes();
    expect(calls('deployTo')).toHaveLength(2);
    expect(new Set(calls('deployTo')).size).toBe(1);
    const event = {
      eventId: 'environment-deploy',
      severityLevel: 'medium',
      meta: {
        entityRef,
        environment: 'staging',
        commitSha: 'one'.padEnd(40, '0'),
        deploymentId: 'memory:one',
        actor: 'forkyard',
      },
    };
    expect(audits).toEqual([
      { ...event, ended: 'The answer was lost.' },
      { ...event, ended: 'success' },
    ]);
    expect(await problems()).toEqual([]);
    expect([...provider.deployments.keys()]).toEqual(['one', 'one-staging']);
    const [row] = await knex('delivery_deployments');
    expect(row).toMatchObject({
      source_id: 'memory:one',
      deployment_id: 'memory:one-staging',
      error: null,
    });
  });

  it('a completion that comes too late changes nothing', async () => {
    const store = new DatabaseNamedEnvironmentsStore(knex);
    await read({ staging: pushed });
    const claim = { limit: 1, leaseSeconds: 0 };
    const [late] = await store.claimEnvironments(claim);
    const [claimed] = await store.claimEnvironments({
      ...claim,
      leaseSeconds: 60,
    });
    expect(claimed.leaseId).not.toBe(late.leaseId);
    await store.completeEnvironment(late, {
      ready: false,
      error: 'late',
      nextInSeconds: 0,
    });
    expect(await problems()).toEqual([]);
    expect(await store.claimEnvironments(claim)).toEqual([]);
    await store.completeEnvironment(claimed, {
      ready: true,
      nextInSeconds: 60,
    });

    await build('one');
    const [latePush] = await store.claimPushes(claim);
    const [push] = await store.claimPushes({ ...claim, leaseSeconds: 60 });
    await store.completePush(latePush, { deploymentId: 'memory:late' });
    await store.completePush(push, { deploymentId: 'memory:right' });
    const rows = await knex('delivery_deployments');
    expect(rows).toMatchObject([{ deployment_id: 'memory:right' }]);
  });

  it('is looked after on schedule, and at once when a commit was built', async () => {
    const scheduler = mockServices.scheduler.mock();
    const events = mockServices.events.mock();
    await scheduleAlignEnvironmentsJob({
      scheduler,
      events,
      namedEnvironments: named,
    });
    await read({ staging: pushed });
    await scheduler.scheduleTask.mock.calls[0][0].fn(
      new AbortController().signal,
    );
    expect(calls('ensure')).toHaveLength(1);
    await build('one');
    const [{ onEvent, topics }] = events.subscribe.mock.calls[0];
    const tell = (environment: string) =>
      onEvent({
        topic: topics[0],
        eventPayload: { environment, state: 'ready' },
      });
    await tell('preview');
    expect(calls('deployTo')).toEqual([]);
    await tell('production');
    expect(calls('deployTo')).toHaveLength(1);
  });
});
