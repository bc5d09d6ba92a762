import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../migrations`;

/** Rows that a store of today would write. */
const rows = {
  tracked_entities: {
    entity_ref: 'component:default/shop',
    provider: 'vercel',
  },
  deployments: {
    entity_ref: 'component:default/shop',
    id: 'vercel:dpl_1',
    provider: 'vercel',
    external_id: 'dpl_1',
    project_id: 'prj_1',
    environment: 'production',
    state: 'ready',
    created_at: new Date(0),
    observed_at: new Date(0),
  },
  environments: {
    entity_ref: 'component:default/shop',
    environment: 'production',
    aliases: '[]',
    observed_at: new Date(0),
  },
  live_deployments: {
    entity_ref: 'component:default/shop',
    environment: 'production',
    deployment_id: 'vercel:dpl_1',
    from_at: new Date(0),
  },
  webhook_events: { provider: 'vercel', event_id: 'evt_1' },
};

const tables = async (knex: Knex) => {
  const { rows: found } = await knex.raw<{ rows: { name: string }[] }>(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_name not like 'knex%'
     order by 1`,
  );
  return found.map(({ name }) => name);
};

describe('migrations', () => {
  it('20261121093000_init.js creates what the stores need, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121093000_init.js' });
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());

    const [tracked] = await knex('tracked_entities');
    expect(tracked).toMatchObject({
      lease_id: null,
      requested_generation: '0',
      failure_count: 0,
      due_at: expect.any(Date),
    });
    await expect(
      knex('live_deployments').insert({
        ...rows.live_deployments,
        deployment_id: 'vercel:dpl_2',
      }),
    ).rejects.toThrow(/live_deployments_one_open/);
    await expect(
      knex('webhook_events').insert(rows.webhook_events),
    ).rejects.toThrow(/webhook_events_pkey/);

    await knex.migrate.down({ directory, name: '20261121093000_init.js' });
    expect(await tables(knex)).toEqual([]);
  });

  it('20261121150000_rollouts.js adds rollouts to what is there, and takes them away', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121150000_rollouts.js';
    await knex.migrate.up({ directory, name: '20261121093000_init.js' });
    await knex('environments').insert(rows.environments);
    await knex.migrate.up({ directory, name });
    expect(await knex('environments').first()).toMatchObject({ pinned: null });

    const rollout = {
      entity_ref: 'component:default/shop',
      environment: 'production',
      provider: 'vercel',
      project_id: 'prj_1',
      deployment_id: 'vercel:dpl_1',
      deployment_created_at: new Date(0),
      plan: '{}',
      by_person: false,
      state: 'checking',
      reason: 'A new version is ready.',
      gates: '[]',
      progress: '{}',
      created_by: 'ana',
    };
    const [{ id }] = await knex('rollouts').insert(rollout).returning('id');
    await expect(
      knex('rollouts').insert({ ...rollout, deployment_id: 'vercel:dpl_2' }),
    ).rejects.toThrow(/rollouts_one_active/);
    await expect(
      knex('rollouts').insert({ ...rollout, state: 'queued' }),
    ).rejects.toThrow(/rollouts_one_of_deployment/);
    await knex('rollouts').insert({
      ...rollout,
      state: 'queued',
      deployment_id: 'vercel:dpl_2',
    });
    await knex('rollout_transitions').insert({
      rollout_id: id,
      to_state: 'checking',
      percent: 0,
      actor: 'forkyard',
      reason: 'Its checks are asked for.',
    });
    await knex('rollout_points').insert({
      rollout_id: id,
      at: new Date(0),
      percent: 5,
      canary: '{}',
      stable: '{}',
      harm_progress: 0,
      good_progress: 0,
    });
    await knex('staged_projects').insert({
      provider: 'vercel',
      project_id: 'prj_1',
    });

    await knex.migrate.down({ directory, name });
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());
    expect(await knex('environments').first()).not.toHaveProperty('pinned');
  });

  it('20261121190000_rollout_retention.js leaves the points of what ended to be thinned, and goes again', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121190000_rollout_retention.js';
    for (const before of [
      '20261121093000_init.js',
      '20261121150000_rollouts.js',
    ]) {
      await knex.migrate.up({ directory, name: before });
    }
    await knex('rollouts').insert({
      entity_ref: 'component:default/shop',
      environment: 'production',
      provider: 'vercel',
      project_id: 'prj_1',
      deployment_id: 'vercel:dpl_1',
      deployment_created_at: new Date(0),
      plan: '{}',
      by_person: false,
      state: 'promoted',
      reason: 'It serves all traffic.',
      gates: '[]',
      progress: '{}',
      created_by: 'ana',
      ended_at: new Date(0),
    });
    await knex.migrate.up({ directory, name });
    expect(await knex('rollouts').first()).toMatchObject({
      points_thinned_at: null,
    });
    await knex.migrate.down({ directory, name });
    expect(await knex('rollouts').first()).not.toHaveProperty(
      'points_thinned_at',
    );
  });

  it('20261121191000_staging_asked.js asks of what is staged from now on, and goes again', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121191000_staging_asked.js';
    for (const before of [
      '20261121093000_init.js',
      '20261121150000_rollouts.js',
    ]) {
      await knex.migrate.up({ directory, name: before });
    }
    await knex('staged_projects').insert({
      provider: 'vercel',
      project_id: 'prj_1',
      set_at: new Date(0),
    });
    await knex.migrate.up({ directory, name });
    const staged = await knex('staged_projects').first();
    expect(staged.asked_at.getTime()).toBeGreaterThan(Date.now() - 60_000);
    await knex.migrate.down({ directory, name });
    expect(await knex('staged_projects').first()).not.toHaveProperty(
      'asked_at',
    );
  });

  it('20261121195000_live_since.js finds what went live of late by an index, and goes again', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121195000_live_since.js';
    const indexed = async () => {
      const { rows: found } = await knex.raw<{ rows: unknown[] }>(
        "select 1 from pg_indexes where indexname = 'deployments_live_since'",
      );
      return found.length;
    };
    await knex.migrate.up({ directory, name: '20261121093000_init.js' });
    await knex('deployments').insert(rows.deployments);
    await knex.migrate.up({ directory, name });
    expect(await indexed()).toBe(1);
    await knex.migrate.down({ directory, name });
    expect(await indexed()).toBe(0);
  });

  it('20261121220000_build_requests.js takes what is known for certain, gives each push a key of its own, and goes again', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121220000_build_requests.js';
    for (const before of [
      '20261121150200_delivery.js',
      '20261121160000_deployment_requests.js',
      '20261121192000_named_environments.js',
    ]) {
      await knex.migrate.up({ directory, name: before });
    }
    await knex('deployment_requests').insert({
      deployment_id: 'vercel:dpl_1',
      asked_by: 'user:default/ana',
    });
    const key = { entity_ref: 'component:default/shop' };
    await knex('delivery_files').insert(key);
    await knex('delivery_deployments').insert(
      ['a', 'b'].map(commit_sha => ({
        ...key,
        environment: 'staging',
        commit_sha,
        source_id: 'vercel:dpl_1',
        due_at: new Date(0),
      })),
    );
    const held = await tables(knex);
    await knex.migrate.up({ directory, name });
    expect(await knex('deployment_requests')).toMatchObject([
      { asked_by: 'user:default/ana', confirmed: true },
    ]);
    const keys = await knex('delivery_deployments').pluck('request_key');
    expect(new Set(keys).size).toBe(2);
    await knex('build_requests').insert({
      provider: 'vercel',
      project_id: 'prj_1',
      environment: 'staging',
      source_id: 'vercel:dpl_1',
      asked_by: 'user:default/ana',
    });
    await knex.migrate.down({ directory, name });
    expect(await tables(knex)).toEqual(held);
  });

  it('20261121221000_delivery_reads.js learns now of what is there, calls no file read, and goes again', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121221000_delivery_reads.js';
    await knex.migrate.up({ directory, name: '20261121093000_init.js' });
    await knex.migrate.up({ directory, name: '20261121150200_delivery.js' });
    await knex('deployments').insert(rows.deployments);
    await knex('delivery_files').insert({
      entity_ref: rows.deployments.entity_ref,
      known: true,
    });
    const held = [await knex('deployments'), await knex('delivery_files')];
    await knex.migrate.up({ directory, name });
    const [{ first_seen_at }] = await knex('deployments');
    expect(Date.now() - first_seen_at.getTime()).toBeLessThan(60_000);
    expect(await knex('delivery_files')).toMatchObject([{ read_at: null }]);
    await knex.migrate.down({ directory, name });
    expect([await knex('deployments'), await knex('delivery_files')]).toEqual(
      held,
    );
  });

  it('20261121160000_deployment_requests.js keeps who asked, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121160000_deployment_requests.js';
    await knex.migrate.up({ directory, name });
    await knex('deployment_requests').insert({
      deployment_id: 'vercel:dpl_1',
      asked_by: 'user:default/ana',
    });
    expect(await tables(knex)).toEqual(['deployment_requests']);
    await knex.migrate.down({ directory, name });
    expect(await tables(knex)).toEqual([]);
  });
});
