import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { ForkVitalsPart } from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import { migrate } from '../__testUtils__/TestForks';
import { DatabaseForkStore } from '../database/DatabaseForkStore';
import { DatabaseForkVitalsStore } from '../database/DatabaseForkVitalsStore';
import type { PartVitals } from '../database/ForkVitalsStore';
import type { VitalsSource } from '../sources/VitalsSource';
import { DefaultForkVitalsService } from './ForkVitalsService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

/** A feed as the other plugins have it: a list of changes and a position. */
class MemoryFeed implements VitalsSource {
  readonly changes: PartVitals[] = [];
  readonly asked: Array<string | undefined> = [];
  failure?: Error;
  installed = true;

  constructor(readonly part: ForkVitalsPart) {}

  tell(name: string, value: PartVitals['value']) {
    this.changes.push({ entityRef: `component:default/${name}`, value });
  }

  async listChanges({ cursor = '0' }: { cursor?: string; limit: number }) {
    this.asked.push(cursor);
    if (this.failure) throw this.failure;
    if (!this.installed) return undefined;
    const at = Number(cursor);
    const items = this.changes.slice(at, at + 2);
    return {
      items,
      cursor: String(at + items.length),
      hasMore: at + items.length < this.changes.length,
    };
  }
}

describe('DefaultForkVitalsService', () => {
  let knex: Knex;
  let forks: DatabaseForkStore;
  let slo: MemoryFeed;
  let alerts: MemoryFeed;
  const announceStatus = jest.fn();

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    await migrate(knex);
    forks = new DatabaseForkStore(knex);
    slo = new MemoryFeed('slo');
    alerts = new MemoryFeed('alerts');
    announceStatus.mockReset();
    await knex('forks').insert(
      ['one', 'two', 'three'].map(name => ({
        name,
        title: name,
        description: '',
        entity_ref: `component:default/${name}`,
        owner: 'group:default/platform',
        lifecycle: name === 'three' ? 'provisioning' : 'active',
        status: name === 'three' ? 'in-progress' : 'healthy',
        status_reason: 'Live 3f2c1a9',
        deployed_status: name === 'three' ? null : 'healthy',
        deployed_reason: 'Live 3f2c1a9',
        base_repository: 'acme/base-app',
        base_sha: 'a'.repeat(40),
        slo_tier: 'standard',
        monthly_budget_usd: '50',
        provisioning_id: name,
        created_by: 'user:default/ana',
      })),
    );
  });

  const service = () =>
    new DefaultForkVitalsService({
      sources: [slo, alerts],
      vitals: new DatabaseForkVitalsStore(knex),
      forks,
      announcer: { announceStatus },
    });

  it('keeps what each part tells, and shows the worst of it as the status', async () => {
    slo.tell('one', { status: 'burning', budgetRemainingRatio: 0.4 });
    slo.tell('two', { status: 'ok', budgetRemainingRatio: 0.9 });
    slo.tell('three', { status: 'exhausted', budgetRemainingRatio: -1 });
    slo.tell('no-fork', { status: 'ok' });
    alerts.tell('one', { firing: 1, highestSeverity: 'page' });
    await service().refreshVitals();

    expect(await forks.findFork({ name: 'one' })).toMatchObject({
      status: 'failing',
      statusReason: 'An alert is firing. Live 3f2c1a9',
      vitals: {
        slo: { status: 'burning', budgetRemainingRatio: 0.4 },
        alerts: { firing: 1 },
      },
    });
    expect(await forks.findFork({ name: 'two' })).toMatchObject({
      status: 'healthy',
      vitals: { slo: { budgetRemainingRatio: 0.9 } },
    });
    expect(await forks.findFork({ name: 'three' })).toMatchObject({
      status: 'in-progress',
    });

    alerts.tell('one', { firing: 0 });
    slo.tell('one', { status: 'ok', budgetRemainingRatio: 0.4 });
    await service().refreshVitals();
    expect(await forks.findFork({ name: 'one' })).toMatchObject({
      status: 'healthy',
      statusReason: 'Live 3f2c1a9',
    });
    expect(announceStatus).toHaveBeenLastCalledWith({
      forkName: 'one',
      status: 'healthy',
    });
  });

  it('keeps the worst when only the deployments are looked at again', async () => {
    alerts.tell('one', { firing: 1, highestSeverity: 'page' });
    await service().refreshVitals();
    await forks.updateProjection({
      name: 'one',
      projection: { status: 'healthy', statusReason: 'Live 9ab02e1' },
    });
    expect(await forks.findFork({ name: 'one' })).toMatchObject({
      status: 'failing',
      statusReason: 'An alert is firing. Live 9ab02e1',
    });
  });

  it('goes on where it was, and reads everything again after an hour', async () => {
    slo.tell('one', { status: 'ok' });
    slo.tell('two', { status: 'ok' });
    slo.tell('one', { status: 'burning' });
    await service().refreshVitals();
    expect(slo.asked).toEqual(['0', '2']);
    await service().refreshVitals();
    expect(slo.asked).toEqual(['0', '2', '3']);
    await knex('vitals_cursors').update({
      read_whole_at: knex.raw("now() - interval '61 minutes'"),
    });
    await service().refreshVitals();
    expect(slo.asked).toEqual(['0', '2', '3', '0', '2']);
  });

  it('changes nothing when a plugin fails or is not there, and reads the others', async () => {
    slo.tell('one', { status: 'burning' });
    alerts.tell('two', { firing: 1, highestSeverity: 'ticket' });
    await service().refreshVitals();
    slo.failure = new Error('slo is away');
    alerts.tell('two', { firing: 0 });
    await expect(service().refreshVitals()).rejects.toThrow('slo is away');
    expect((await forks.findFork({ name: 'one' }))?.status).toBe('degraded');
    expect((await forks.findFork({ name: 'two' }))?.status).toBe('healthy');
    slo.failure = undefined;
    slo.installed = false;
    await service().refreshVitals();
    expect((await forks.findFork({ name: 'one' }))?.status).toBe('degraded');
  });
});
