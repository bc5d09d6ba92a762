import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type {
  DeploymentCommit,
  Rollout,
  RolloutGateName,
} from '@forkyard/plugin-deployments-common';
import { Octokit } from '@octokit/rest';
import type { Knex } from 'knex';
import {
  createRolloutWith,
  createUser,
  startTestGates,
} from './__testUtils__/startTestGates';
import { formatTime } from './formatTime';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('gates that ask GitHub', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
    octokit = new Octokit({
      auth: cloud.token,
      baseUrl: cloud.urls.github,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await octokit.repos.createInOrg({ org: 'acme', name: 'shop' });
  });

  afterAll(() => cloud.dispose());

  afterEach(() => {
    cloud.github.faults.clear();
  });

  const shop = { owner: 'acme', repo: 'shop' };

  /** What each file holds now. */
  const blobs = new Map<string, string>();

  /** Commits a file and gives the commit as the provider would. */
  async function commit(
    path: string,
    text: string,
    author = { name: 'Ana', email: 'ana@example.com' },
  ): Promise<DeploymentCommit> {
    const { data } = await octokit.repos.createOrUpdateFileContents({
      ...shop,
      path,
      author,
      message: `Write ${path}`,
      content: Buffer.from(text).toString('base64'),
      sha: blobs.get(path),
    });
    blobs.set(path, data.content!.sha!);
    const sha = data.commit.sha!;
    return { sha, url: `${cloud.urls.github}/acme/shop/commit/${sha}` };
  }

  const setStatus = (
    { sha }: DeploymentCommit,
    context: string,
    state: 'pending' | 'success' | 'failure',
  ) =>
    octokit.repos.createCommitStatus({
      ...shop,
      sha,
      context,
      state,
      target_url: 'data:text/html,hello',
    });

  const listStatuses = async ({ sha }: DeploymentCommit) => {
    const { data } = await octokit.repos.listCommitStatusesForRef({
      ...shop,
      ref: sha,
    });
    return data.map(({ context, state }) => `${context} ${state}`).reverse();
  };

  const start = (knex: Knex) =>
    startTestGates({
      knex,
      users: [
        createUser('ana', { email: 'ana@example.com' }),
        createUser('bob', { email: 'bob@example.com', memberOf: 'shop' }),
      ],
      config: {
        integrations: {
          github: [
            {
              host: new URL(cloud.urls.github).host,
              apiBaseUrl: cloud.urls.github,
              token: cloud.token,
            },
          ],
        },
      },
    });

  /** Makes the next look a real one. */
  const forgetAge = (knex: Knex) =>
    knex('gate_results').update({
      checked_at: new Date(0),
      report_after: new Date(0),
    });

  it('wait for CI, pass or fail by it, and tell the commit only what changed', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const head = await commit('README.md', '# Shop');
    const rollout = createRolloutWith({ checks: ['ci'] }, { commit: head });
    const ci = async (of = rollout) => {
      await forgetAge(knex);
      return (await gates.evaluate(of)).find(({ gate }) => gate === 'ci');
    };
    const graceEnd = new Date(Date.parse(rollout.createdAt) + 30_000);
    expect(await ci()).toMatchObject({
      state: 'waiting',
      reason: expect.stringMatching(
        `^Waiting until ${formatTime(graceEnd.toISOString(), 'seconds')} for a first check of the commit`,
      ),
    });
    const old = {
      ...rollout,
      id: 'rollout-2',
      createdAt: '2026-11-20T00:00:00Z',
    };
    expect(await ci(old)).toMatchObject({
      state: 'skipped',
      reason:
        'No check was reported for the commit, nor for the version that serves.',
    });
    await setStatus(head, 'test', 'pending');
    await setStatus(head, 'lint', 'success');
    expect(await ci()).toMatchObject({
      state: 'waiting',
      reason: "Waiting for 'test' at GitHub.",
    });
    await setStatus(head, 'test', 'success');
    expect(await ci()).toMatchObject({
      state: 'passed',
      reason: 'All 2 checks of the commit passed.',
    });
    // What passed is not asked again.
    await setStatus(head, 'test', 'failure');
    expect(await ci()).toMatchObject({ state: 'passed' });
    const next = { ...rollout, id: 'rollout-3' };
    expect(await ci(next)).toMatchObject({
      state: 'failed',
      reason: "'test' failed for the commit. Push a commit that passes.",
      // Not the one that the status names, which is no web address.
      url: head.url,
    });
    const told = (await listStatuses(head)).filter(line =>
      line.startsWith('forkyard/ci'),
    );
    expect(told).toEqual([
      'forkyard/ci pending',
      'forkyard/ci success',
      'forkyard/ci pending',
      'forkyard/ci success',
      'forkyard/ci failure',
    ]);
    // Nothing ran for this one, though CI is there: `[skip ci]`, or taken out.
    const skipping = await commit('README.md', '# Shop without CI');
    expect(
      await ci({
        ...old,
        id: 'rollout-4',
        commit: skipping,
        stableCommit: head,
      }),
    ).toMatchObject({
      state: 'waiting',
      reason: expect.stringMatching(
        /^Waiting, without an end, .*some ran for the version that serves/,
      ),
    });
    // A status that is there already is not written again after a crash.
    const before = await listStatuses(head);
    await knex('gate_results').update({ reported: null });
    await ci(next);
    expect(await listStatuses(head)).toEqual(before);
  });

  it('wait, and never fail a rollout, while GitHub is in trouble', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const head = await commit('README.md', '# Shop in trouble');
    await setStatus(head, 'test', 'success');
    cloud.github.faults.add({ path: '/repos/*', status: 503 });
    const rollout = createRolloutWith(
      { checks: ['ci', 'schema'] },
      {
        commit: head,
        stableCommit: {
          ...head,
          sha: 'f'.repeat(40),
          url: head.url?.replace(head.sha, 'f'.repeat(40)),
        },
      },
    );
    const stateOf = async (name: RolloutGateName) =>
      (await gates.evaluate(rollout)).find(({ gate }) => gate === name);
    for (const name of ['ci', 'schema'] as const) {
      expect(await stateOf(name)).toMatchObject({
        state: 'waiting',
        reason: expect.stringMatching(/^This cannot be checked now: GitHub/),
      });
    }
    cloud.github.faults.clear();
    expect(await listStatuses(head)).toEqual(['test success']);
    await forgetAge(knex);
    expect(await stateOf('ci')).toMatchObject({ state: 'passed' });
    expect(await listStatuses(head)).toContain('forkyard/ci success');
    // What serves is gone from GitHub: nobody knows what it needs.
    expect(await stateOf('schema')).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('This cannot be checked now'),
    });
  });

  it('tell GitHub when a rollout ends before they are decided', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const head = await commit('README.md', '# Given up');
    await setStatus(head, 'test', 'pending');
    const rollout = createRolloutWith({ checks: ['ci'] }, { commit: head });
    await gates.evaluate(rollout);
    const announce = async (state: Rollout['state']) => {
      gates.rollouts.set(rollout.id, { ...rollout, state });
      await gates.events.publish({
        topic: 'deployments.rollout',
        eventPayload: { rolloutId: rollout.id, state },
      });
    };
    const lookAfter = async () => {
      await knex('gate_reports').update({ due_at: new Date(0) });
      await knex('gate_results').update({ report_after: null });
      await gates.conclusions.settleDue();
    };
    await announce('paused');
    await lookAfter();
    expect(await listStatuses(head)).toContain('forkyard/ci pending');
    expect(await listStatuses(head)).not.toContain('forkyard/ci failure');
    // The event is lost, and GitHub is down when the end is noticed.
    gates.rollouts.set(rollout.id, { ...rollout, state: 'aborted' });
    cloud.github.faults.add({ path: '/repos/*', status: 503 });
    await lookAfter();
    cloud.github.faults.clear();
    expect((await listStatuses(head)).slice(-1)).not.toEqual([
      'forkyard/ci failure',
    ]);
    await gates.conclusions.settleDue();
    expect(await listStatuses(head)).not.toContain('forkyard/ci failure');
    await lookAfter();
    expect((await listStatuses(head)).slice(-1)).toEqual([
      'forkyard/ci failure',
    ]);
    const told = await listStatuses(head);
    await announce('aborted');
    await lookAfter();
    expect(await listStatuses(head)).toEqual(told);
    expect(await knex('gate_reports').whereNull('settled_at')).toEqual([]);
    // What had ended before reports were kept was looked after once more.
    await knex('gate_reports').delete();
    await knex('gate_reports').insert({ rollout_id: rollout.id });
    await lookAfter();
    expect(await listStatuses(head)).toEqual(told);
    expect(await knex('gate_reports').whereNull('settled_at')).toEqual([]);
    // Nor does one that left something open speak for the one that followed it.
    const endedAt = new Date().toISOString();
    gates.rollouts.set(rollout.id, { ...rollout, state: 'aborted', endedAt });
    gates.rollouts.set('later', { ...rollout, id: 'later' });
    await knex('gate_results').update({ state: 'waiting', reported: null });
    await knex('gate_reports').delete();
    await knex('gate_reports').insert({ rollout_id: rollout.id });
    await lookAfter();
    expect(await listStatuses(head)).toEqual(told);
    expect(await knex('gate_reports').whereNull('settled_at')).toEqual([]);
    const { data } = await octokit.repos.getCombinedStatusForRef({
      ...shop,
      ref: head.sha,
    });
    expect(
      data.statuses.find(({ context }) => context === 'forkyard/ci'),
    ).toMatchObject({
      description: 'The rollout was aborted before this was decided.',
      target_url:
        'http://portal.test/catalog/default/component/shop/deployments?rollout=rollout-1',
    });
  });

  it('compare the migrations of both versions, and again when another one serves', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const first = await commit('src/server.js', '1');
    const second = await commit('src/server.js', '2');
    const additive = await commit(
      'migrations/1_add.sql',
      'alter table users add column nick text;\n',
    );
    const breaking = await commit(
      'migrations/2_drop.sql',
      '-- No longer used\nalter table users\n  drop column name;\n',
    );
    const schema = async (
      stableCommit: DeploymentCommit | undefined,
      head: DeploymentCommit,
      id: string,
      stableDeploymentId: string | undefined = 'memory:one',
    ) =>
      (
        await gates.evaluate(
          createRolloutWith(
            { checks: ['schema'] },
            { id, commit: head, stableCommit, stableDeploymentId },
          ),
        )
      ).find(({ gate }) => gate === 'schema');
    expect(await schema(first, second, 'a')).toMatchObject({
      state: 'passed',
      reason: 'No migration changed.',
    });
    expect(await schema(second, additive, 'b')).toMatchObject({
      state: 'passed',
      reason: 'The migration that changed only adds to the schema.',
    });
    expect(await schema(first, breaking, 'c')).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /^migrations\/2_drop\.sql:3 drops a column, .*First release code/,
      ),
      url: `${cloud.urls.github}/acme/shop/blob/${breaking.sha}/migrations/2_drop.sql#L3`,
    });
    // The database is ahead already when an older commit is rolled out.
    expect(await schema(breaking, first, 'd')).toMatchObject({
      state: 'passed',
    });
    expect(await schema(undefined, breaking, 'e')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('of the version that serves'),
    });
    expect(await schema(breaking, breaking, 'f')).toMatchObject({
      state: 'passed',
    });
    expect(await schema(first, breaking, 'f', 'memory:zero')).toMatchObject({
      state: 'failed',
    });
    const data = await commit(
      'migrations/3_data.sql',
      `insert into users values ('${'x'.repeat(513 * 1024)}');\n`,
    );
    expect(await schema(breaking, data, 'h')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('have more than 512 KiB'),
    });
    expect(await schema(first, { sha: breaking.sha }, 'g')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('no commit at GitHub'),
    });
  });

  it('know the author of a commit from GitHub, co-authors included', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const head = await commit('README.md', '# By Ana');
    const rollout = createRolloutWith(
      { approval: true },
      { commit: head, createdBy: 'service:pipeline' },
    );
    const approve = (user: string) =>
      gates.approvals.decideApproval(
        { rolloutId: rollout.id, decision: 'approved' },
        { credentials: mockCredentials.user(`user:default/${user}`) },
      );
    await gates.evaluate(rollout);
    await expect(approve('ana')).rejects.toThrow(
      `you wrote its commit ${head.sha.slice(0, 7)}`,
    );
    cloud.github.faults.add({ path: '/repos/*', status: 503 });
    await expect(approve('bob')).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    cloud.github.faults.clear();
    await expect(approve('bob')).resolves.toMatchObject({ state: 'approved' });

    const { data: parent } = await octokit.git.getCommit({
      ...shop,
      commit_sha: head.sha,
    });
    const { data: paired } = await octokit.git.createCommit({
      ...shop,
      message: 'Pair\n\nCo-authored-by: Bob <bob@example.com>\n',
      tree: parent.tree.sha,
      parents: [head.sha],
      author: { name: 'Cleo', email: 'cleo@example.com' },
    });
    const pair = {
      ...rollout,
      id: 'pair',
      commit: {
        sha: paired.sha,
        url: head.url?.replace(head.sha, paired.sha),
      },
    };
    await gates.evaluate(pair);
    await expect(
      gates.approvals.decideApproval(
        { rolloutId: 'pair', decision: 'approved' },
        { credentials: mockCredentials.user('user:default/bob') },
      ),
    ).rejects.toThrow('you wrote its commit');
  });

  it('take no approval of who wrote any commit since the version that serves', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const by = (name: string) => ({ name, email: `${name}@example.com` });
    await commit('README.md', '# By Bob, and live', by('bob'));
    const live = await commit('README.md', '# Live', by('cleo'));
    await commit('README.md', '# By Ana', by('ana'));
    const head = await commit('README.md', '# By Cleo', by('cleo'));
    const approve = async (
      user: string,
      change: Partial<Rollout>,
    ): Promise<string | undefined> => {
      const rollout = createRolloutWith(
        { approval: true },
        { commit: head, createdBy: 'service:ci', ...change },
      );
      await gates.evaluate(rollout);
      const approval = await gates.approvals.decideApproval(
        { rolloutId: rollout.id, decision: 'approved', comment: 'Our secret' },
        { credentials: mockCredentials.user(`user:default/${user}`) },
      );
      await gates.evaluate(rollout);
      return approval.note;
    };
    await expect(
      approve('ana', { id: 'range', stableCommit: live }),
    ).rejects.toThrow('you wrote a commit that it brings');
    expect(
      await approve('bob', { id: 'range', stableCommit: live }),
    ).toBeUndefined();
    // What people write to an approval is not for everybody who sees a commit.
    const { data } = await octokit.repos.listCommitStatusesForRef({
      ...shop,
      ref: head.sha,
    });
    expect(data[0]).toMatchObject({
      context: 'forkyard/approval',
      state: 'success',
      description: 'Approved by bob.',
    });
    const gone = {
      sha: 'f'.repeat(40),
      url: head.url?.replace(head.sha, 'f'.repeat(40)),
    };
    await expect(
      approve('ana', { id: 'gone', stableCommit: gone }),
    ).rejects.toThrow(
      "GitHub finds no way from one to the other. Only an owner of 'component:default/shop' may approve it then.",
    );
    expect(await approve('bob', { id: 'gone', stableCommit: gone })).toContain(
      'An owner approved it.',
    );
  });
});
