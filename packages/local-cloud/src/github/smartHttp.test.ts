import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { PushEvent } from '../context';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import {
  basicHeader,
  headerEnvironment,
  testGit,
} from './__testUtils__/testGit';

describe('git over HTTP', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let folder: string;
  const pushes: PushEvent[] = [];

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    cloud.github.onPush(event => {
      pushes.push(event);
    });
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    folder = await mkdtemp(path.join(tmpdir(), 'smart-http-'));
  });

  afterAll(async () => {
    await cloud.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    pushes.length = 0;
  });

  const withToken = (token = cloud.token) =>
    headerEnvironment(cloud.urls.github, basicHeader(token));

  const create = async (name: string, isPrivate = true) =>
    (
      await octokit.repos.createInOrg({
        org: 'acme',
        name,
        private: isPrivate,
      })
    ).data.clone_url;

  it('clones a public repository without a token and keeps its history in a push elsewhere', async () => {
    const target = await create('from-base');
    const clone = path.join(folder, 'base');
    await testGit(folder, [
      'clone',
      `${cloud.urls.github}/acme/base-app.git`,
      clone,
    ]);
    await writeFile(path.join(clone, 'fork.txt'), 'fork\n');
    await testGit(clone, ['add', '.']);
    await testGit(clone, ['commit', '-m', 'Make it a fork']);
    await testGit(clone, ['push', target, 'HEAD:refs/heads/main'], withToken());
    const sha = await testGit(clone, ['rev-parse', 'HEAD']);
    const commits = await octokit.repos.listCommits({
      owner: 'acme',
      repo: 'from-base',
    });
    expect(commits.data.map(({ commit }) => commit.message)).toEqual([
      'Make it a fork',
      'Base application',
    ]);
    expect(pushes).toEqual([
      expect.objectContaining({
        owner: 'acme',
        repo: 'from-base',
        ref: 'refs/heads/main',
        before: '0'.repeat(40),
        after: sha,
        login: 'tester',
      }),
    ]);
  });

  it('takes a bearer token as well as basic credentials in the URL', async () => {
    const url = await create('credentials');
    const clone = path.join(folder, 'credentials');
    await testGit(
      folder,
      ['clone', url, clone],
      headerEnvironment(
        cloud.urls.github,
        `Authorization: Bearer ${cloud.token}`,
      ),
    );
    await testGit(clone, ['commit', '--allow-empty', '-m', 'First']);
    const inUrl = url.replace('//', `//x-access-token:${cloud.token}@`);
    await testGit(clone, ['push', inUrl, 'HEAD:main']);
    expect(pushes).toHaveLength(1);
  });

  it('refuses an unknown token, a push without one, and hides private repositories', async () => {
    const secret = await create('secret');
    const open = await create('open', false);
    const unknown = secret.replace('//', '//x-access-token:wrong@');
    await expect(testGit(folder, ['ls-remote', unknown])).rejects.toThrow(
      'Authentication failed',
    );
    await expect(
      testGit(folder, ['ls-remote', open], withToken('wrong')),
    ).rejects.toThrow('could not read Username');
    await expect(testGit(folder, ['ls-remote', secret])).rejects.toThrow(
      /could not read Username/,
    );
    await expect(
      testGit(folder, ['ls-remote', `${cloud.urls.github}/acme/absent`]),
    ).rejects.toThrow(/could not read Username/);
    const clone = path.join(folder, 'open');
    await testGit(folder, ['clone', open, clone]);
    await testGit(clone, ['commit', '--allow-empty', '-m', 'First']);
    await expect(testGit(clone, ['push', open, 'HEAD:main'])).rejects.toThrow(
      /could not read Username/,
    );
    expect(pushes).toEqual([]);
  });

  it('makes the first branch that is pushed the default one', async () => {
    const url = await create('trunk-based');
    const clone = path.join(folder, 'trunk');
    await testGit(folder, ['init', '--initial-branch=trunk', clone]);
    await testGit(clone, ['commit', '--allow-empty', '-m', 'First']);
    await testGit(clone, ['push', url, 'trunk'], withToken());
    const { data } = await octokit.repos.get({
      owner: 'acme',
      repo: 'trunk-based',
    });
    expect(data.default_branch).toBe('trunk');
  });

  it('sees what git pushed in REST and what REST wrote in git', async () => {
    const url = await create('both-ways');
    await octokit.repos.createOrUpdateFileContents({
      owner: 'acme',
      repo: 'both-ways',
      path: 'a.txt',
      message: 'By REST',
      content: Buffer.from('a').toString('base64'),
    });
    const clone = path.join(folder, 'both-ways');
    await testGit(folder, ['clone', url, clone], withToken());
    expect(await readFile(path.join(clone, 'a.txt'), 'utf8')).toBe('a');
    await testGit(clone, ['commit', '--allow-empty', '-m', 'By git']);
    await testGit(clone, ['tag', 'v1']);
    await testGit(clone, ['push', 'origin', 'main', 'v1'], withToken());
    const tags = await octokit.repos.listTags({
      owner: 'acme',
      repo: 'both-ways',
    });
    expect(tags.data.map(({ name }) => name)).toEqual(['v1']);
    await testGit(clone, ['push', 'origin', ':v1'], withToken());
    expect(pushes.map(({ ref }) => ref)).toEqual([
      'refs/heads/main',
      'refs/heads/main',
      'refs/tags/v1',
      'refs/tags/v1',
    ]);
    expect(pushes.at(-1)?.after).toBe('0'.repeat(40));
  });

  it('exports the tree of a commit and resolves refs for the other provider', async () => {
    const place = { owner: 'acme', repo: 'base-app' };
    const commit = await cloud.github.findCommit({ ...place, ref: 'main' });
    expect(commit?.message).toBe('Base application');
    const directory = await mkdtemp(path.join(folder, 'export-'));
    await cloud.github.exportTree({
      ...place,
      sha: commit?.sha ?? '',
      directory,
    });
    expect(
      JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')),
    ).toHaveProperty('name');
    for (const ref of ['main~1', '--all', 'main:package.json', '..', '@{1}']) {
      expect(await cloud.github.findCommit({ ...place, ref })).toBeUndefined();
    }
  });

  it('keeps repositories, settings and history across a restart', async () => {
    const url = await create('lasting');
    const clone = path.join(folder, 'lasting');
    await testGit(folder, ['clone', url, clone], withToken());
    await testGit(clone, ['commit', '--allow-empty', '-m', 'Before']);
    await testGit(clone, ['push', 'origin', 'HEAD:main'], withToken());
    const before = (await octokit.repos.get({ owner: 'acme', repo: 'lasting' }))
      .data;
    cloud = await cloud.restart();
    const after = (await octokit.repos.get({ owner: 'acme', repo: 'lasting' }))
      .data;
    expect(after).toEqual(before);
    await testGit(clone, ['commit', '--allow-empty', '-m', 'After']);
    await testGit(clone, ['push', 'origin', 'HEAD:main'], withToken());
    const commits = await octokit.repos.listCommits({
      owner: 'acme',
      repo: 'lasting',
    });
    expect(commits.data).toHaveLength(2);
  });

  it('announces after a restart what was pushed while it could not', async () => {
    const url = await create('missed');
    const clone = path.join(folder, 'missed');
    await testGit(folder, ['clone', url, clone], withToken());
    await testGit(clone, ['commit', '--allow-empty', '-m', 'First']);
    await cloud.stop();
    const gitDir = path.join(cloud.config.dataDir, 'git/acme/missed.git');
    await testGit(clone, ['push', gitDir, 'HEAD:main']);
    const received = jest.fn();
    cloud = await startTestLocalCloud({
      config: cloud.config,
      log: { info: received, warn: () => {}, error: () => {} },
    });
    expect(received).toHaveBeenCalledWith(
      expect.stringContaining('push acme/missed refs/heads/main 0000000..'),
    );
  });
});
