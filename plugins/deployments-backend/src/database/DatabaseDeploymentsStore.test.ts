import { randomUUID } from 'node:crypto';
import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type {
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { createTestPlan } from '../__testUtils__/createTestRollouts';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { BuildRequestsStore } from './builds/BuildRequestsStore';
import type { DatabaseDeploymentsStore } from './DatabaseDeploymentsStore';
import type { ProjectObservation } from './DeploymentsStore';
import type { DatabaseRolloutStore } from './rollouts/DatabaseRolloutStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const ENTITY_REF = 'component:default/shop';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 9, minute));

function told(
  externalId: string,
  more: Partial<ProviderDeployment> = {},
): ProviderDeployment {
  return {
    externalId,
    environment: 'production',
    state: 'ready',
    createdAt: at(0),
    ...more,
  };
}

const live = (
  liveExternalId?: string,
  more: Partial<ProviderEnvironment> = {},
): ProviderEnvironment => ({
  environment: 'production',
  liveExternalId,
  aliases: ['https://shop.dev'],
  ...more,
});

function observation(
  minute: number,
  more: Partial<ProjectObservation>,
): ProjectObservation {
  return {
    entityRef: ENTITY_REF,
    project: { provider: 'vercel', projectId: 'prj_1', teamId: 'team_1' },
    askedAt: at(minute),
    deployments: [],
    environments: [],
    ...more,
  };
}

describe('DatabaseDeploymentsStore', () => {
  let knex: Knex;
  let store: DatabaseDeploymentsStore;
  let rollouts: DatabaseRolloutStore;
  let builds: BuildRequestsStore;

  beforeAll(async () => {
    knex = await databases.init('POSTGRES_18');
    ({ deployments: store, rollouts, builds } = await createTestStores(knex));
  });

  afterEach(async () => {
    for (const table of ['deployments', 'environments', 'live_deployments']) {
      await knex(table).delete();
    }
  });

  const observe = (minute: number, more: Partial<ProjectObservation>) =>
    store.applyObservation(observation(minute, more));

  const stateOf = async (id: string) =>
    (await store.listById(`vercel:${id}`))[0]?.state;

  const history = () =>
    knex('live_deployments')
      .select('deployment_id', 'from_at', 'to_at')
      .orderBy('id');

  it('keeps everything that a provider tells', async () => {
    const full = told('dpl_1', {
      url: 'https://dpl-1.test',
      commit: {
        sha: 'a'.repeat(40),
        message: 'First',
        author: 'ana',
        ref: 'main',
        url: 'https://git.test/a',
      },
      creator: 'ana',
      buildingAt: at(1),
      readyAt: at(2),
      errorMessage: 'none',
      inspectorUrl: 'https://inspect.test',
    });
    const [change] = await observe(3, {
      deployments: [full],
      environments: [live('dpl_1')],
    });
    expect(change.previousState).toBeUndefined();
    expect(change.deployment).toEqual({
      id: 'vercel:dpl_1',
      provider: 'vercel',
      externalId: 'dpl_1',
      projectId: 'prj_1',
      entityRef: ENTITY_REF,
      environment: 'production',
      state: 'ready',
      live: true,
      liveSince: at(2).toISOString(),
      url: full.url,
      aliases: ['https://shop.dev'],
      commit: full.commit,
      creator: 'ana',
      createdAt: at(0).toISOString(),
      buildingAt: at(1).toISOString(),
      readyAt: at(2).toISOString(),
      errorMessage: 'none',
      inspectorUrl: full.inspectorUrl,
      observedAt: at(3).toISOString(),
    });
    expect(await store.listById('vercel:dpl_1')).toEqual([
      { ...change.deployment, teamId: 'team_1' },
    ]);
  });

  it('tells of no change when it hears the same again', async () => {
    const same = {
      deployments: [told('dpl_1')],
      environments: [live('dpl_1')],
    };
    expect(await observe(1, same)).toHaveLength(1);
    expect(await observe(2, same)).toEqual([]);
    expect(await observe(20, same)).toEqual([]);
    const [held] = await store.listById('vercel:dpl_1');
    expect(held.observedAt).toBe(at(20).toISOString());
  });

  it('tells what a deployment was before', async () => {
    await observe(1, { deployments: [told('dpl_1', { state: 'building' })] });
    const [change] = await observe(2, {
      deployments: [told('dpl_1', { state: 'failed', errorMessage: 'Broken' })],
    });
    expect(change).toMatchObject({
      previousState: 'building',
      deployment: { state: 'failed', errorMessage: 'Broken' },
    });
  });

  it('holds the same in the end, whatever the order in which answers arrive', async () => {
    const states = ['queued', 'building', 'ready'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        fc.uuid(),
        async (order, id) => {
          for (const minute of order) {
            await observe(minute, {
              deployments: [told(id, { state: states[minute] })],
            });
          }
          expect(await stateOf(id)).toBe('ready');
        },
      ),
      { numRuns: 12 },
    );
  });

  it('deletes nothing because an answer leaves it out', async () => {
    await observe(1, {
      deployments: [told('dpl_1'), told('dpl_2')],
      environments: [live('dpl_1')],
    });
    expect(await observe(2, { environments: [live(undefined)] })).toEqual([]);
    expect(await observe(3, {})).toEqual([]);
    const [held] = await store.listLive(ENTITY_REF);
    expect(held).toMatchObject({
      id: 'vercel:dpl_1',
      live: true,
      aliases: ['https://shop.dev'],
    });
    expect(await stateOf('dpl_2')).toBe('ready');
  });

  it('marks as deleted what is definitely gone, which then serves nothing', async () => {
    await observe(1, {
      deployments: [told('dpl_1')],
      environments: [live('dpl_1')],
    });
    const changes = await observe(2, { goneExternalIds: ['dpl_1', 'unheard'] });
    expect(changes).toEqual([
      expect.objectContaining({
        previousState: 'ready',
        deployment: expect.objectContaining({
          id: 'vercel:dpl_1',
          state: 'deleted',
          live: false,
        }),
      }),
    ]);
    expect(await store.listLive(ENTITY_REF)).toEqual([]);
    expect(await history()).toEqual([
      { deployment_id: 'vercel:dpl_1', from_at: at(0), to_at: at(2) },
    ]);
    expect(await observe(3, { goneExternalIds: ['dpl_1'] })).toEqual([]);
  });

  it('keeps the history of what was live, without gaps', async () => {
    const deployments = [
      told('dpl_1', { readyAt: at(1) }),
      told('dpl_2', { createdAt: at(8), readyAt: at(9) }),
    ];
    await observe(5, { deployments, environments: [live('dpl_1')] });
    const changes = await observe(10, {
      deployments,
      environments: [live('dpl_2')],
    });
    expect(
      changes.map(({ deployment }) => [deployment.id, deployment.live]),
    ).toEqual([
      ['vercel:dpl_1', false],
      ['vercel:dpl_2', true],
    ]);
    await observe(15, { deployments, environments: [live('dpl_1')] });
    expect(await history()).toEqual([
      { deployment_id: 'vercel:dpl_1', from_at: at(1), to_at: at(9) },
      { deployment_id: 'vercel:dpl_2', from_at: at(9), to_at: at(15) },
      { deployment_id: 'vercel:dpl_1', from_at: at(15), to_at: null },
    ]);
    const [first] = await store.listById('vercel:dpl_1');
    expect(first.liveSince).toBe(at(15).toISOString());
  });

  it('does not send the traffic back because of an old answer', async () => {
    const deployments = [told('dpl_1'), told('dpl_2', { createdAt: at(2) })];
    await observe(10, { deployments, environments: [live('dpl_2')] });
    expect(await observe(5, { environments: [live('dpl_1')] })).toEqual([]);
    const [held] = await store.listLive(ENTITY_REF);
    expect(held.id).toBe('vercel:dpl_2');
  });

  it('waits with what is live until it knows the deployment', async () => {
    await observe(1, { environments: [live('dpl_1')] });
    expect(await store.listEnvironments(ENTITY_REF)).toEqual([
      {
        environment: 'production',
        liveDeploymentId: undefined,
        aliases: ['https://shop.dev'],
      },
    ]);
    await observe(2, {
      deployments: [told('dpl_1')],
      environments: [live('dpl_1')],
    });
    expect(await store.listLive(ENTITY_REF)).toHaveLength(1);
  });

  it('merges what many workers tell at once into one truth', async () => {
    const deployments = [told('dpl_1'), told('dpl_2', { createdAt: at(1) })];
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        observe(i, {
          deployments,
          environments: [live(i % 2 ? 'dpl_1' : 'dpl_2')],
        }),
      ),
    );
    const open = await knex('live_deployments').whereNull('to_at');
    expect(open).toEqual([
      expect.objectContaining({ deployment_id: 'vercel:dpl_1' }),
    ]);
    const [held, ...others] = await store.listLive(ENTITY_REF);
    expect(held).toMatchObject({ id: 'vercel:dpl_1', live: true });
    expect(others).toEqual([]);
  });

  it('keeps a deployment once for each entity that shares its project', async () => {
    await observe(1, { deployments: [told('dpl_1')] });
    await observe(1, {
      entityRef: 'component:default/other',
      deployments: [told('dpl_1')],
    });
    const held = await store.listById('vercel:dpl_1');
    expect(held.map(({ entityRef }) => entityRef)).toEqual([
      'component:default/other',
      ENTITY_REF,
    ]);
  });

  it('tells who pushed a commit, and not who had it built by the portal', async () => {
    const commit = { sha: 'c'.repeat(40) };
    const by = (creator: string, more = {}) =>
      told(`dpl_${creator}`, { creator, commit, ...more });
    const request = {
      entityRef: ENTITY_REF,
      project: observation(0, {}).project,
      environment: 'qa',
      sourceId: 'vercel:dpl_ana',
      commitSha: commit.sha,
      actor: 'user:default/ben',
    };
    await builds.note(request, { isShared: false });
    const soon = { environment: 'qa', createdAt: new Date() };
    await observe(0, {
      deployments: [
        by('ana', { environment: 'preview' }),
        by('eve', soon),
        by('late', { ...soon, createdAt: new Date(Date.now() + 3_600_000) }),
        by('else', { ...soon, commit: { sha: 'e'.repeat(40) } }),
        by('asked'),
        by('led', { environment: 'staging' }),
        by('other', { commit: { sha: 'd'.repeat(40) } }),
        told('dpl_nobody', { commit }),
      ],
    });
    await builds.confirm(randomUUID(), {
      deploymentId: 'vercel:dpl_asked',
      actor: 'x',
    });
    await knex('delivery_files').insert({ entity_ref: ENTITY_REF });
    await knex('delivery_deployments').insert({
      entity_ref: ENTITY_REF,
      environment: 'staging',
      commit_sha: commit.sha,
      source_id: 'vercel:dpl_asked',
      deployment_id: 'vercel:dpl_led',
      due_at: at(0),
    });
    const list = (entityRef: string) =>
      store.listPushers({ entityRef, commitSha: commit.sha });
    expect((await list(ENTITY_REF)).sort()).toEqual(['ana', 'eve', 'late']);
    const askers = ['eve', 'late', 'else'].map(id =>
      rollouts.findAsker(`vercel:dpl_${id}`),
    );
    expect(await Promise.all(askers)).toEqual([
      'user:default/ben',
      undefined,
      undefined,
    ]);
    expect(await list('component:default/other')).toEqual([]);
    await knex('delivery_files').delete();
  });

  describe('lists', () => {
    beforeEach(async () => {
      await observe(30, {
        deployments: [
          told('dpl_1', { createdAt: at(1) }),
          told('dpl_2', { createdAt: at(2), environment: 'preview' }),
          told('dpl_3', { createdAt: at(3), state: 'failed' }),
          told('dpl_4a', { createdAt: at(4) }),
          told('dpl_4b', { createdAt: at(4), state: 'building' }),
        ],
      });
    });

    const ids = (found: { externalId: string }[]) =>
      found.map(({ externalId }) => externalId);

    it('page by page, even where times are equal', async () => {
      const all: string[] = [];
      let after: { createdAt: Date; id: string } | undefined;
      for (;;) {
        const page = await store.list({
          entityRef: ENTITY_REF,
          limit: 2,
          after,
        });
        if (page.length === 0) break;
        all.push(...ids(page));
        const last = page[page.length - 1];
        after = { createdAt: new Date(last.createdAt), id: last.id };
      }
      expect(all).toEqual(['dpl_4b', 'dpl_4a', 'dpl_3', 'dpl_2', 'dpl_1']);
    });

    it('by environment and by state', async () => {
      const list = (more: object) =>
        store.list({ entityRef: ENTITY_REF, limit: 10, ...more });
      expect(ids(await list({ environment: 'preview' }))).toEqual(['dpl_2']);
      expect(ids(await list({ states: ['failed', 'building'] }))).toEqual([
        'dpl_4b',
        'dpl_3',
      ]);
      expect(
        await store.list({ entityRef: 'component:default/other', limit: 1 }),
      ).toEqual([]);
    });

    it('the newest of each environment', async () => {
      expect(ids(await store.listLatest(ENTITY_REF))).toEqual([
        'dpl_2',
        'dpl_4b',
      ]);
    });

    it('what is unfinished', async () => {
      expect(
        ids(
          await store.listUnfinished({
            entityRef: ENTITY_REF,
            provider: 'vercel',
          }),
        ),
      ).toEqual(['dpl_4b']);
    });

    it('what has not been heard of for some time', async () => {
      await observe(31, { goneExternalIds: ['dpl_4a'] });
      const list = (minute: number) =>
        store.listHeldSince({
          entityRef: ENTITY_REF,
          provider: 'vercel',
          createdSince: at(2),
          observedBefore: at(minute),
          exceptExternalIds: ['dpl_3'],
          limit: 10,
        });
      expect(ids(await list(30))).toEqual([]);
      expect(ids(await list(40)).sort()).toEqual(['dpl_2', 'dpl_4b']);
    });

    it('from an index, however many there are', async () => {
      const rows = Array.from({ length: 3000 }, (_, i) => ({
        entity_ref: `component:default/e${i % 2}`,
        id: `vercel:d${i}`,
        provider: 'vercel',
        external_id: `d${i}`,
        project_id: 'p',
        environment: 'production',
        state: 'ready',
        created_at: new Date(i),
        observed_at: new Date(i),
      }));
      await knex.batchInsert('deployments', rows);
      await knex.raw('analyze deployments');
      const { rows: plan } = await knex.raw(
        `explain select * from deployments
         where entity_ref = 'component:default/e1' and environment = 'production'
           and (created_at, id) < (now(), 'x')
         order by created_at desc, id desc limit 25`,
      );
      const text = JSON.stringify(plan);
      expect(text).toMatch(/Index Scan using deployments_\w+_page/);
      expect(text).not.toContain('Sort');
    });
  });

  it('tells how the last rollout of a deployment ended, and nothing of it while another runs', async () => {
    await observe(1, { deployments: [told('dpl_1'), told('dpl_2')] });
    const begin = (entityRef = ENTITY_REF) =>
      rollouts.insert({
        entityRef,
        environment: 'production',
        deploymentId: 'vercel:dpl_1',
        deploymentCreatedAt: at(0).toISOString(),
        plan: createTestPlan(),
        project: { provider: 'vercel', projectId: entityRef },
        byPerson: false,
        createdBy: 'ben',
        reason: 'A new version is ready.',
      });
    const tell = async () => {
      const items = await store.list({ entityRef: ENTITY_REF, limit: 10 });
      return Object.fromEntries(
        items.map(({ externalId, lastRollout }) => [externalId, lastRollout]),
      );
    };

    const first = await begin();
    expect(await tell()).toEqual({ dpl_1: undefined, dpl_2: undefined });
    const reason = 'The new version failed 28 of 143 requests.';
    const counts = { requests: 143, errors: 28, durations: 0, slow: 0 };
    await rollouts.update(first, {
      change: {
        state: 'aborted',
        reason,
        progress: {
          trafficSince: at(2).toISOString(),
          counting: {
            from: at(2).toISOString(),
            used: { canary: counts, stable: counts },
            pending: { canary: counts, stable: counts },
            pointAt: at(2).toISOString(),
            met: { requests: 143, errors: 28 },
          },
        },
      },
    });
    const ended = (await rollouts.get(first.id)).endedAt;
    expect(await tell()).toEqual({
      dpl_1: {
        id: first.id,
        outcome: 'aborted',
        reason,
        endedAt: ended,
        hadTraffic: true,
        met: { requests: 143, errors: 28 },
      },
      dpl_2: undefined,
    });
    // What others may not see of an entity with the same project is not told.
    await store.applyObservation({
      ...observation(1, { deployments: [told('dpl_1')] }),
      entityRef: 'component:default/other',
    });
    const [other] = await store.list({
      entityRef: 'component:default/other',
      limit: 1,
    });
    expect(other.lastRollout).toBeUndefined();

    const second = await begin();
    expect(await tell()).toMatchObject({ dpl_1: undefined });
    // That this one was stopped before any traffic does not make the version good.
    await rollouts.update(second, {
      change: { state: 'aborted', reason: 'A check failed.' },
    });
    expect(await tell()).toMatchObject({
      dpl_1: { id: first.id, hadTraffic: true, met: { errors: 28 } },
    });
    const third = await begin();
    await rollouts.update(third, {
      change: {
        state: 'promoted',
        reason: 'It was good.',
        progress: { trafficSince: at(4).toISOString() },
      },
    });
    expect(await tell()).toMatchObject({
      dpl_1: { id: third.id, outcome: 'promoted' },
    });
    await knex('rollouts').whereNot({ id: second.id }).delete();
    expect(await tell()).toMatchObject({
      dpl_1: { id: second.id, hadTraffic: false, met: undefined },
    });
    await knex('rollouts').delete();
  });
});
