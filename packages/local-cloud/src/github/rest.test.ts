import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';

const encode = (text: string) => Buffer.from(text).toString('base64');

describe('REST API of the GitHub side', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
  });

  afterAll(() => cloud.dispose());

  const create = async (name: string, more: object = {}) =>
    (await octokit.repos.createInOrg({ org: 'acme', name, ...more })).data;

  const put = async (repo: string, path: string, text: string, more = {}) =>
    (
      await octokit.repos.createOrUpdateFileContents({
        owner: 'acme',
        repo,
        path,
        message: `Write ${path}`,
        content: encode(text),
        ...more,
      })
    ).data;

  it('seeds the organization, the user of the token and the base application', async () => {
    const organization = await octokit.orgs.get({ org: 'acme' });
    const asUser = await octokit.users.getByUsername({ username: 'acme' });
    const user = await octokit.users.getAuthenticated();
    const base = await octokit.repos.get({ owner: 'acme', repo: 'base-app' });
    const commits = await octokit.repos.listCommits({
      owner: 'acme',
      repo: 'base-app',
    });
    expect(organization.data.type).toBe('Organization');
    expect(asUser.data.type).toBe('Organization');
    expect(user.data.login).toBe('tester');
    expect(user.headers['x-oauth-scopes']).toContain('repo');
    expect(base.data).toMatchObject({
      clone_url: `${cloud.urls.github}/acme/base-app.git`,
      html_url: `${cloud.urls.github}/acme/base-app`,
      default_branch: 'main',
      is_template: true,
    });
    expect(commits.data.map(({ commit }) => commit.message)).toEqual([
      'Base application',
    ]);
    const tree = await octokit.git.getTree({
      owner: 'acme',
      repo: 'base-app',
      tree_sha: 'main',
      recursive: 'true',
    });
    const paths = tree.data.tree.map(entry => entry.path);
    expect(paths).toContain('package.json');
    expect(paths.filter(path => path.startsWith('node_modules'))).toEqual([]);
  });

  it('answers 422 to a name that is taken, in any case, and to one that is not a name', async () => {
    await create('taken');
    for (const name of ['taken', 'TAKEN', '..', 'a/b', 'x.git', '-x', 'ö']) {
      await expect(create(name)).rejects.toMatchObject({
        status: 422,
        response: {
          data: {
            message: 'Repository creation failed.',
            errors: [{ resource: 'Repository', field: 'name' }],
          },
        },
      });
    }
  });

  it('answers 409 from git data while a repository is empty, and 404 from its contents', async () => {
    await create('still-empty');
    const place = { owner: 'acme', repo: 'still-empty' };
    await expect(
      octokit.git.getRef({ ...place, ref: 'heads/main' }),
    ).rejects.toMatchObject({
      status: 409,
      response: { data: { message: 'Git Repository is empty.' } },
    });
    await expect(octokit.repos.listCommits(place)).rejects.toMatchObject({
      status: 409,
    });
    await expect(
      octokit.repos.getContent({ ...place, path: '' }),
    ).rejects.toMatchObject({ status: 404 });
    expect((await octokit.repos.get(place)).data.size).toBe(0);
  });

  it('writes, replaces and removes files, and refuses a stale sha', async () => {
    await create('files');
    const first = await put('files', 'docs/a b.md', 'one');
    const sha = first.content?.sha ?? '';
    await expect(put('files', 'docs/a b.md', 'two')).rejects.toMatchObject({
      status: 422,
    });
    await expect(
      put('files', 'docs/a b.md', 'two', { sha: first.commit.sha }),
    ).rejects.toMatchObject({ status: 409 });
    await put('files', 'docs/a b.md', 'two', { sha });
    const read = await octokit.repos.getContent({
      owner: 'acme',
      repo: 'files',
      path: 'docs/a b.md',
    });
    expect(read.data).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: `${encode('two')}\n`,
      path: 'docs/a b.md',
    });
    const current = 'sha' in read.data ? read.data.sha : '';
    await octokit.repos.deleteFile({
      owner: 'acme',
      repo: 'files',
      path: 'docs/a b.md',
      message: 'Remove it',
      sha: current,
    });
    await expect(
      octokit.repos.getContent({
        owner: 'acme',
        repo: 'files',
        path: 'docs/a b.md',
      }),
    ).rejects.toMatchObject({ status: 404 });
    const commits = await octokit.repos.listCommits({
      owner: 'acme',
      repo: 'files',
      path: 'docs/a b.md',
    });
    expect(commits.data.map(({ commit }) => commit.message)).toEqual([
      'Remove it',
      'Write docs/a b.md',
      'Write docs/a b.md',
    ]);
  });

  it('sends a file raw with an ETag and answers 304 to it', async () => {
    await create('raw-file', { auto_init: true });
    const url = `${cloud.urls.github}/repos/acme/raw-file/contents/README.md`;
    const headers = {
      authorization: `Bearer ${cloud.token}`,
      accept: 'application/vnd.github.v3.raw',
    };
    const response = await fetch(url, { headers });
    const etag = response.headers.get('etag') ?? '';
    expect(await response.text()).toBe('# raw-file\n');
    expect(etag).not.toBe('');
    const again = await fetch(url, {
      headers: { ...headers, 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  it('pages lists with a Link header that octokit follows', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) {
      await create(name);
    }
    const first = await octokit.repos.listForOrg({ org: 'acme', per_page: 2 });
    const all = await octokit.paginate(octokit.repos.listForOrg, {
      org: 'acme',
      per_page: 2,
    });
    expect(first.headers.link).toContain('rel="next"');
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['page-a', 'page-b', 'page-c']),
    );
  });

  it('builds a commit from blobs and trees and moves a branch only forward', async () => {
    await create('plumbing', { auto_init: true });
    const place = { owner: 'acme', repo: 'plumbing' };
    const head = (await octokit.git.getRef({ ...place, ref: 'heads/main' }))
      .data.object.sha;
    const blob = await octokit.git.createBlob({
      ...place,
      content: encode('#!/bin/sh\n'),
      encoding: 'base64',
    });
    const tree = await octokit.git.createTree({
      ...place,
      base_tree: head,
      tree: [
        { path: 'bin/run', mode: '100755', type: 'blob', sha: blob.data.sha },
        { path: 'README.md', mode: '100644', type: 'blob', sha: null },
        { path: 'docs/x.md', mode: '100644', type: 'blob', content: 'x' },
      ],
    });
    const commit = await octokit.git.createCommit({
      ...place,
      message: 'Build it',
      tree: tree.data.sha,
      parents: [head],
      author: {
        name: 'Ana',
        email: 'ana@example.com',
        date: '2026-03-01T10:00:00Z',
      },
    });
    expect(commit.data.author).toEqual({
      name: 'Ana',
      email: 'ana@example.com',
      date: '2026-03-01T10:00:00Z',
    });
    await octokit.git.updateRef({
      ...place,
      ref: 'heads/main',
      sha: commit.data.sha,
    });
    const listing = await octokit.git.getTree({
      ...place,
      tree_sha: 'main',
      recursive: '1',
    });
    expect(
      listing.data.tree.map(({ mode, path }) => `${mode} ${path}`),
    ).toEqual([
      '040000 bin',
      '100755 bin/run',
      '040000 docs',
      '100644 docs/x.md',
    ]);
    await expect(
      octokit.git.updateRef({ ...place, ref: 'heads/main', sha: head }),
    ).rejects.toMatchObject({
      status: 422,
      response: { data: { message: 'Update is not a fast forward' } },
    });
    await octokit.git.updateRef({
      ...place,
      ref: 'heads/main',
      sha: head,
      force: true,
    });
    await expect(
      octokit.git.createRef({ ...place, ref: 'refs/heads/main', sha: head }),
    ).rejects.toMatchObject({
      status: 422,
      response: { data: { message: 'Reference already exists' } },
    });
  });

  it('describes a commit with its changes and compares branches as git does', async () => {
    await create('changes', { auto_init: true });
    const place = { owner: 'acme', repo: 'changes' };
    const base = (await octokit.repos.getBranch({ ...place, branch: 'main' }))
      .data.commit.sha;
    await octokit.git.createRef({
      ...place,
      ref: 'refs/heads/topic/one',
      sha: base,
    });
    await put('changes', 'a.txt', 'a\nb\n', { branch: 'topic/one' });
    const second = await put('changes', 'b.txt', 'b\n', {
      branch: 'topic/one',
    });
    const commit = await octokit.repos.getCommit({
      ...place,
      ref: second.commit.sha ?? '',
    });
    expect(commit.data.stats).toEqual({ additions: 1, deletions: 0, total: 1 });
    expect(commit.data.files).toMatchObject([
      { filename: 'b.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+b' },
    ]);
    const compared = await octokit.repos.compareCommitsWithBasehead({
      ...place,
      basehead: 'main...topic/one',
    });
    expect(compared.data).toMatchObject({
      status: 'ahead',
      ahead_by: 2,
      behind_by: 0,
      total_commits: 2,
      merge_base_commit: { sha: base },
    });
    expect(compared.data.files?.map(({ filename }) => filename)).toEqual([
      'a.txt',
      'b.txt',
    ]);
    const status = await octokit.repos.getCombinedStatusForRef({
      ...place,
      ref: 'topic/one',
    });
    expect(status.data.sha).toBe(second.commit.sha);
  });

  it('combines the latest status of each context', async () => {
    await create('checked', { auto_init: true });
    const place = { owner: 'acme', repo: 'checked' };
    const { sha } = (await octokit.repos.getCommit({ ...place, ref: 'main' }))
      .data;
    const set = (context: string, state: 'pending' | 'success' | 'failure') =>
      octokit.repos.createCommitStatus({ ...place, sha, context, state });
    await set('build', 'pending');
    await set('build', 'success');
    const combined = async () =>
      (await octokit.repos.getCombinedStatusForRef({ ...place, ref: 'main' }))
        .data;
    expect(await combined()).toMatchObject({
      state: 'success',
      total_count: 1,
    });
    await set('lint', 'failure');
    expect(await combined()).toMatchObject({
      state: 'failure',
      total_count: 2,
    });
  });

  it('opens, lists and merges a pull request, and refuses one that conflicts', async () => {
    await create('pulls', { auto_init: true, delete_branch_on_merge: true });
    const place = { owner: 'acme', repo: 'pulls' };
    const { sha } = (await octokit.repos.getCommit({ ...place, ref: 'main' }))
      .data;
    for (const branch of ['one', 'two']) {
      await octokit.git.createRef({
        ...place,
        ref: `refs/heads/${branch}`,
        sha,
      });
      await put('pulls', 'same.txt', branch, { branch });
    }
    const open = async (head: string) =>
      (
        await octokit.pulls.create({
          ...place,
          title: `Merge ${head}`,
          head,
          base: 'main',
        })
      ).data;
    const first = await open('one');
    const second = await open('acme:two');
    expect(first).toMatchObject({
      number: 1,
      state: 'open',
      mergeable: true,
      changed_files: 1,
      html_url: `${cloud.urls.github}/acme/pulls/pull/1`,
    });
    await expect(open('one')).rejects.toMatchObject({ status: 422 });
    const merged = await octokit.pulls.merge({
      ...place,
      pull_number: first.number,
      merge_method: 'squash',
    });
    const tip = await octokit.repos.getCommit({ ...place, ref: 'main' });
    expect(tip.data.sha).toBe(merged.data.sha);
    expect(tip.data.commit.message).toBe('Merge one (#1)');
    await expect(
      octokit.pulls.merge({ ...place, pull_number: second.number }),
    ).rejects.toMatchObject({ status: 405 });
    const after = await octokit.pulls.get({
      ...place,
      pull_number: second.number,
    });
    expect(after.data.mergeable).toBe(false);
    const branches = await octokit.repos.listBranches(place);
    expect(branches.data.map(({ name }) => name)).toEqual(['main', 'two']);
    const closed = await octokit.pulls.list({ ...place, state: 'closed' });
    expect(
      closed.data.map(({ number, merged_at }) => [number, !!merged_at]),
    ).toEqual([[1, true]]);
  });

  it('rebases a pull request onto a base that has moved on', async () => {
    await create('rebased', { auto_init: true });
    const place = { owner: 'acme', repo: 'rebased' };
    const { sha } = (await octokit.repos.getCommit({ ...place, ref: 'main' }))
      .data;
    await octokit.git.createRef({ ...place, ref: 'refs/heads/topic', sha });
    await put('rebased', 'topic.txt', 'topic', { branch: 'topic' });
    await put('rebased', 'main.txt', 'main');
    const { data } = await octokit.pulls.create({
      ...place,
      title: 'Topic',
      head: 'topic',
      base: 'main',
    });
    await octokit.pulls.merge({
      ...place,
      pull_number: data.number,
      merge_method: 'rebase',
    });
    const commits = await octokit.repos.listCommits(place);
    expect(commits.data.map(({ commit }) => commit.message)).toEqual([
      'Write topic.txt',
      'Write main.txt',
      'Initial commit',
    ]);
    expect(commits.data.every(({ parents }) => parents.length < 2)).toBe(true);
  });

  it('forks with the whole history and generates from a template without it', async () => {
    const base = { owner: 'acme', repo: 'base-app' };
    const tip = (await octokit.repos.getCommit({ ...base, ref: 'main' })).data;
    const fork = await octokit.repos.createFork({
      ...base,
      organization: 'acme',
      name: 'forked',
    });
    const generated = await octokit.repos.createUsingTemplate({
      template_owner: 'acme',
      template_repo: 'base-app',
      owner: 'acme',
      name: 'generated',
      private: true,
    });
    expect(fork.data).toMatchObject({
      fork: true,
      parent: { full_name: 'acme/base-app' },
    });
    expect(generated.data.template_repository?.full_name).toBe('acme/base-app');
    const of = async (repo: string) =>
      (await octokit.repos.getCommit({ owner: 'acme', repo, ref: 'main' }))
        .data;
    expect((await of('forked')).sha).toBe(tip.sha);
    const copy = await of('generated');
    expect(copy.commit.tree.sha).toBe(tip.commit.tree.sha);
    expect(copy).toMatchObject({
      parents: [],
      commit: { message: 'Initial commit' },
    });
  });

  it('renames, edits and deletes a repository with everything that belongs to it', async () => {
    await create('before', { auto_init: true });
    const { data } = await octokit.repos.update({
      owner: 'acme',
      repo: 'before',
      name: 'after',
      description: 'Renamed',
    });
    await octokit.repos.replaceAllTopics({
      owner: 'acme',
      repo: 'after',
      names: ['forkyard-fork'],
    });
    const place = { owner: 'acme', repo: 'after' };
    expect(data.full_name).toBe('acme/after');
    expect((await octokit.repos.get(place)).data).toMatchObject({
      description: 'Renamed',
      topics: ['forkyard-fork'],
    });
    await octokit.repos.getContent({ ...place, path: 'README.md' });
    await octokit.repos.delete(place);
    await expect(octokit.repos.get(place)).rejects.toMatchObject({
      status: 404,
    });
    expect((await create('after')).size).toBe(0);
  });

  it('keeps protection, environments, variables and sealed secrets', async () => {
    await create('governed', { auto_init: true });
    const place = { owner: 'acme', repo: 'governed' };
    await expect(
      octokit.repos.getBranchProtection({ ...place, branch: 'main' }),
    ).rejects.toMatchObject({
      status: 404,
      response: { data: { message: 'Branch not protected' } },
    });
    await octokit.repos.updateBranchProtection({
      ...place,
      branch: 'main',
      required_status_checks: { strict: true, contexts: ['build'] },
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    const branch = await octokit.repos.getBranch({ ...place, branch: 'main' });
    expect(branch.data.protected).toBe(true);
    await octokit.repos.createOrUpdateEnvironment({
      ...place,
      environment_name: 'production',
      wait_timer: 5,
    });
    await octokit.actions.createEnvironmentVariable({
      ...place,
      environment_name: 'production',
      name: 'REGION',
      value: 'fra1',
    });
    const key = await octokit.actions.getEnvironmentPublicKey({
      ...place,
      environment_name: 'production',
    });
    expect(Buffer.from(key.data.key, 'base64')).toHaveLength(32);
    const putSecret = (value: Buffer, keyId: string) =>
      octokit.actions.createOrUpdateEnvironmentSecret({
        ...place,
        environment_name: 'production',
        secret_name: 'API_KEY',
        encrypted_value: value.toString('base64'),
        key_id: keyId,
      });
    await expect(putSecret(Buffer.alloc(60), 'other')).rejects.toMatchObject({
      status: 422,
    });
    await expect(
      putSecret(Buffer.alloc(10), key.data.key_id),
    ).rejects.toMatchObject({ status: 422 });
    const created = await putSecret(Buffer.alloc(60), key.data.key_id);
    expect(created.status).toBe(201);
    const variable = await octokit.actions.getEnvironmentVariable({
      ...place,
      environment_name: 'production',
      name: 'REGION',
    });
    expect(variable.data.value).toBe('fra1');
  });

  it('answers 404 to what does not exist and 403 to a change of what is archived', async () => {
    await expect(
      octokit.repos.get({ owner: 'acme', repo: 'nothing' }),
    ).rejects.toMatchObject({
      status: 404,
      response: { data: { message: 'Not Found', status: '404' } },
    });
    await create('archived', { auto_init: true });
    const place = { owner: 'acme', repo: 'archived' };
    await octokit.repos.update({ ...place, archived: true });
    await expect(put('archived', 'a.txt', 'a')).rejects.toMatchObject({
      status: 403,
    });
    await octokit.repos.update({ ...place, archived: false });
    await put('archived', 'a.txt', 'a');
  });
});
