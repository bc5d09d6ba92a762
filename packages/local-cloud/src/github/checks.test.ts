import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import { until } from './__testUtils__/until';

const encode = (text: string) => Buffer.from(text).toString('base64');

describe('what checkers say about commits on the GitHub side', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  const place = { owner: 'acme', repo: 'checked' };

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    await octokit.repos.createInOrg({
      org: place.owner,
      name: place.repo,
      auto_init: true,
    });
  });
  afterAll(() => cloud.dispose());

  async function commit(path: string, text: string, branch = 'main') {
    const { data } = await octokit.repos.createOrUpdateFileContents({
      ...place,
      path,
      branch,
      message: `Write ${path}`,
      content: encode(text),
    });
    return data.commit.sha ?? '';
  }

  it('combines the newest status of each context, by commit or branch', async () => {
    const sha = await commit('a.txt', 'a');
    const say = (
      context: string,
      state: 'error' | 'failure' | 'pending' | 'success',
    ) =>
      octokit.repos.createCommitStatus({
        ...place,
        sha,
        context,
        state,
        target_url: 'http://127.0.0.1/run',
        description: `${context} is ${state}`,
      });
    const combined = async (ref: string) =>
      (await octokit.repos.getCombinedStatusForRef({ ...place, ref })).data;
    await say('test', 'pending');
    await say('lint', 'success');
    expect(await combined('main')).toMatchObject({
      sha,
      state: 'pending',
      total_count: 2,
    });
    await say('test', 'success');
    expect((await combined(sha)).state).toBe('success');
    await say('lint', 'error');
    expect((await combined(sha)).state).toBe('failure');
    const { data } = await octokit.repos.listCommitStatusesForRef({
      ...place,
      ref: 'main',
    });
    expect(data.map(({ context, state }) => [context, state])).toEqual([
      ['lint', 'error'],
      ['test', 'success'],
      ['lint', 'success'],
      ['test', 'pending'],
    ]);
    await expect(
      octokit.repos.createCommitStatus({
        ...place,
        sha: '0'.repeat(40),
        state: 'success',
      }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('keeps check runs from queued to their conclusion, and tells hooks', async () => {
    const sha = await commit('b.txt', 'b');
    const hook = await octokit.repos.createWebhook({
      ...place,
      events: ['check_run'],
      config: { url: 'http://127.0.0.1:9/hook', content_type: 'json' },
    });
    const created = await octokit.checks.create({
      ...place,
      name: 'smoke test',
      head_sha: sha,
      external_id: 'run-1',
      details_url: 'http://127.0.0.1/run/1',
    });
    expect(created.data).toMatchObject({
      head_sha: sha,
      name: 'smoke test',
      status: 'queued',
      conclusion: null,
      external_id: 'run-1',
      completed_at: null,
    });
    const id = { ...place, check_run_id: created.data.id };
    await octokit.checks.update({ ...id, status: 'in_progress' });
    await expect(
      octokit.checks.update({ ...id, status: 'completed' }),
    ).rejects.toMatchObject({ status: 422 });
    await octokit.checks.update({
      ...id,
      conclusion: 'failure',
      output: { title: 'One of 3 failed', summary: 'GET / answered 500' },
    });
    const read = (await octokit.checks.get(id)).data;
    expect(read).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      output: { title: 'One of 3 failed', summary: 'GET / answered 500' },
    });
    expect(Date.parse(read.completed_at ?? '')).not.toBeNaN();

    await octokit.checks.create({
      ...place,
      name: 'smoke test',
      head_sha: sha,
      conclusion: 'success',
    });
    await octokit.checks.create({ ...place, name: 'schema', head_sha: sha });
    const list = async (more: object) => {
      const { data } = await octokit.checks.listForRef({
        ...place,
        ref: 'main',
        ...more,
      });
      expect(data.total_count).toBe(data.check_runs.length);
      return data.check_runs.map(({ name, conclusion }) => [name, conclusion]);
    };
    expect(await list({})).toEqual([
      ['schema', null],
      ['smoke test', 'success'],
    ]);
    expect(await list({ filter: 'all', check_name: 'smoke test' })).toEqual([
      ['smoke test', 'success'],
      ['smoke test', 'failure'],
    ]);
    expect(await list({ status: 'queued' })).toEqual([['schema', null]]);
    await until(async () => {
      const { data } = await octokit.repos.listWebhookDeliveries({
        ...place,
        hook_id: hook.data.id,
      });
      const actions = data.map(({ action }) => action).sort();
      return (
        actions.filter(action => action === 'completed').length >= 2 &&
        actions.filter(action => action === 'created').length >= 3
      );
    });
    await expect(
      octokit.checks.create({ ...place, name: 'x', head_sha: '1'.repeat(40) }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      octokit.checks.get({ ...place, check_run_id: 1_000_000 }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('lists the files and commits between two commits', async () => {
    const base = await commit('kept.txt', 'one\n');
    await octokit.git.createRef({
      ...place,
      ref: 'refs/heads/topic',
      sha: base,
    });
    await commit('migrations/1.sql', 'CREATE TABLE a;\n', 'topic');
    const head = await commit('docs/b.md', 'b\n', 'topic');
    const { data } = await octokit.repos.compareCommitsWithBasehead({
      ...place,
      basehead: `${base}...${head}`,
    });
    expect(data).toMatchObject({
      status: 'ahead',
      ahead_by: 2,
      merge_base_commit: { sha: base },
    });
    expect(
      data.files?.map(({ filename, status, additions }) => [
        filename,
        status,
        additions,
      ]),
    ).toEqual([
      ['docs/b.md', 'added', 1],
      ['migrations/1.sql', 'added', 1],
    ]);
    expect(data.commits.map(({ sha }) => sha).at(-1)).toBe(head);
  });
});
