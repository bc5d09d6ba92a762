import { mockCredentials } from '@backstage/backend-test-utils';
import type { RolloutState } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { DatabaseRolloutStore } from '../database/rollouts/DatabaseRolloutStore';
import { DatabaseStagingStore } from '../database/rollouts/DatabaseStagingStore';
import { ProviderRegistry } from '../services/ProviderRegistry';
import { createTestRollouts } from './createTestRollouts';
import { createTestStores } from './createTestStores';
import type { Mortal } from './Mortal';
import { MemoryDeploymentProvider } from './MemoryDeploymentProvider';

/** A store whose clock the test moves. */
class MovedRolloutStore extends DatabaseRolloutStore {
  movedMs = 0;

  override async now(): Promise<Date> {
    return new Date((await super.now()).getTime() + this.movedMs);
  }
}

/** A store that takes the plans of the test for what files say. */
class PlannedStagingStore extends DatabaseStagingStore {
  world?: Pick<
    ReturnType<typeof createTestRollouts>['world'],
    'plan' | 'plans'
  >;

  constructor(private readonly db: Knex) {
    super(db);
  }

  override async listUnaligned(
    options: Parameters<DatabaseStagingStore['listUnaligned']>[0],
  ) {
    const { plan, plans } = this.world!;
    const refs = await this.db('tracked_entities').distinct('entity_ref');
    const rows = refs.map(({ entity_ref }) => ({
      entity_ref,
      known: true,
      plans: JSON.stringify({ production: plans.get(entity_ref) ?? plan }),
    }));
    await this.db('delivery_files')
      .insert(rows)
      .onConflict('entity_ref')
      .merge();
    return super.listUnaligned(options);
  }
}

export const SHOP = 'component:default/shop';
const PROJECT = { provider: 'memory', projectId: 'prj_1', teamId: 'team' };

/**
 * A shop that serves `one` on a platform in memory, and what rolls `two` out.
 */
export class RolloutFixture {
  readonly user = { credentials: mockCredentials.user('user:default/ana') };

  private constructor(
    readonly knex: Knex,
    readonly stores: Awaited<ReturnType<typeof createTestStores>> & {
      rollouts: MovedRolloutStore;
    },
    readonly provider: MemoryDeploymentProvider,
    readonly providers: ProviderRegistry,
    readonly world: ReturnType<typeof createTestRollouts>['world'],
    readonly services: ReturnType<typeof createTestRollouts>['services'],
  ) {}

  static async create(knex: Knex): Promise<RolloutFixture> {
    const stagings = new PlannedStagingStore(knex);
    const stores = {
      ...(await createTestStores(knex)),
      stagings,
      rollouts: new MovedRolloutStore(knex),
    };
    const provider = new MemoryDeploymentProvider();
    const providers = new ProviderRegistry();
    providers.addProvider(provider);
    const { world, services } = createTestRollouts({ ...stores, providers });
    stagings.world = world;
    const fixture = new RolloutFixture(
      knex,
      stores,
      provider,
      providers,
      world,
      services,
    );
    provider.put({ externalId: 'one', createdAt: new Date(1000) });
    provider.setLive('one');
    await fixture.look();
    return fixture;
  }

  /** Other processes on the same database and platform. */
  createReplica(mortal?: Mortal) {
    const providers = new ProviderRegistry();
    const wrap = <T extends object>(target: T) =>
      mortal ? mortal.wrap(target) : target;
    providers.addProvider(wrap(this.provider));
    return createTestRollouts({
      ...this.stores,
      rollouts: wrap(this.stores.rollouts),
      providers,
      slo: this.world.slo,
    }).services;
  }

  /** Brings the projection in line with the provider. */
  async look(): Promise<void> {
    await this.stores.tracked.track([
      { entityRef: SHOP, provider: PROJECT.provider },
    ]);
    await this.stores.tracked.setProject(
      { entityRef: SHOP, provider: PROJECT.provider },
      PROJECT,
    );
    await this.stores.deployments.applyObservation({
      entityRef: SHOP,
      project: PROJECT,
      askedAt: await this.stores.tracked.now(),
      deployments: [...this.provider.deployments.values()],
      environments: [...this.provider.environments.values()],
    });
  }

  /** Pushes a version and lets the scan find it. */
  async push(externalId: string, createdAt: Date): Promise<void> {
    this.provider.put({
      externalId,
      createdAt,
      commit: { sha: 'b'.repeat(40), author: 'ben' },
    });
    await this.look();
    await this.services.starter.startWaiting();
  }

  /** Steers everything once, after some time. */
  async tick(seconds = 1): Promise<void> {
    this.stores.rollouts.movedMs += seconds * 1000;
    await this.makeDue();
    await this.services.controller.steerDue();
  }

  /** Ends every lease, as time would. */
  async makeDue(): Promise<void> {
    await this.knex('rollouts')
      .whereNull('ended_at')
      .update({ due_at: this.knex.fn.now() });
  }

  /** The rollout of a version, the last one when it had several. */
  async find(externalId: string) {
    const found = await this.stores.rollouts.list({
      entityRef: SHOP,
      limit: 100,
    });
    const rollout = found.find(
      ({ deploymentId }) => deploymentId === `memory:${externalId}`,
    );
    if (!rollout) throw new Error(`'${externalId}' has no rollout`);
    return rollout;
  }

  async statesOf(externalId: string): Promise<RolloutState[]> {
    const { id } = await this.find(externalId);
    const transitions = await this.stores.rollouts.listTransitions(id);
    return transitions.map(({ to }) => to);
  }

  get live(): string | undefined {
    return this.provider.environments.get('production')?.liveExternalId;
  }

  /** Lets both versions serve well, and steers after each of some ticks. */
  async serveWell(ticks: number, seconds = 5): Promise<void> {
    for (let count = 0; count < ticks; count++) {
      this.world.slo.serve('one', { requests: 300, errors: 1 });
      this.world.slo.serve('two', { requests: 300, errors: 1 });
      await this.tick(seconds);
    }
  }
}
