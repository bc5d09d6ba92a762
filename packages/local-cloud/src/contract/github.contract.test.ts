import { randomUUID } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import {
  ContractProvider,
  findLiveGitHub,
  startEmulateProvider,
  startLocalCloudProvider,
} from './providers';

const live = findLiveGitHub();

const providers: [string, () => Promise<ContractProvider>][] = [
  ['local-cloud', () => startLocalCloudProvider('github')],
  ['emulate', () => startEmulateProvider('github')],
];
if (live) {
  providers.push(['github.com', async () => live]);
}

const encode = (text: string) => Buffer.from(text).toString('base64');

describe.each(providers)(
  'the part of GitHub that we use, on %s',
  (name, start) => {
    let provider: ContractProvider;
    let octokit: Octokit;
    let owner: string;
    const made: string[] = [];
    const describeComplete = name === 'emulate' ? describe.skip : describe;

    beforeAll(async () => {
      provider = await start();
      owner = provider.organization;
      octokit = createTestOctokit(provider);
    });

    afterAll(async () => {
      for (const repo of made) {
        await octokit.repos.delete({ owner, repo });
      }
      await provider.stop();
    });

    const create = async (more: object = { auto_init: true }) => {
      const repo = `contract-${randomUUID().slice(0, 8)}`;
      const { data } = await octokit.repos.createInOrg({
        org: owner,
        name: repo,
        private: true,
        ...more,
      });
      made.push(repo);
      return { place: { owner, repo }, data };
    };

    const headOf = async (place: { owner: string; repo: string }) =>
      (await octokit.git.getRef({ ...place, ref: 'heads/main' })).data.object
        .sha;

    it('says who the token belongs to', async () => {
      const { data } = await octokit.users.getAuthenticated();
      expect(data.type).toBe('User');
      expect(data.login).not.toBe('');
    });

    it('creates a repository in an organization and refuses its name a second time', async () => {
      const { place, data } = await create({ description: 'A contract' });
      expect(data).toMatchObject({
        full_name: `${place.owner}/${place.repo}`,
        private: true,
        description: 'A contract',
        default_branch: 'main',
      });
      expect(data.clone_url).toMatch(new RegExp(`${place.repo}\\.git$`));
      await expect(
        octokit.repos.createInOrg({ org: owner, name: place.repo }),
      ).rejects.toMatchObject({ status: 422 });
    });

    it('answers 404 to a repository that does not exist', async () => {
      await expect(
        octokit.repos.get({ owner, repo: `absent-${randomUUID()}` }),
      ).rejects.toMatchObject({
        status: 404,
        response: { data: { message: 'Not Found' } },
      });
    });

    it('changes the description and the topics', async () => {
      const { place } = await create();
      await octokit.repos.update({ ...place, description: 'Changed' });
      await octokit.repos.replaceAllTopics({
        ...place,
        names: ['forkyard-fork', 'second'],
      });
      const { data } = await octokit.repos.get(place);
      expect(data.description).toBe('Changed');
      expect(data.topics).toEqual(['forkyard-fork', 'second']);
    });

    it('gives a blob, a tree and a commit the shas that git gives them', async () => {
      const { place } = await create();
      const blob = await octokit.git.createBlob({
        ...place,
        content: encode('hello\n'),
        encoding: 'base64',
      });
      const tree = await octokit.git.createTree({
        ...place,
        tree: [
          {
            path: 'hello.txt',
            mode: '100644',
            type: 'blob',
            sha: blob.data.sha,
          },
        ],
      });
      const person = {
        name: 'Ana',
        email: 'ana@example.com',
        date: '2026-03-01T10:00:00Z',
      };
      const commit = await octokit.git.createCommit({
        ...place,
        message: 'Hello',
        tree: tree.data.sha,
        parents: [],
        author: person,
        committer: person,
      });
      expect([blob.data.sha, tree.data.sha]).toEqual([
        'ce013625030ba8dba906f756967f9e9ca394464a',
        'aaa96ced2d9a1c8e72c56b253a0e2fe78393feb7',
      ]);
      expect(commit.data.sha).toMatch(/^[0-9a-f]{40}$/);
      const again = await octokit.git.createCommit({
        ...place,
        message: 'Hello',
        tree: tree.data.sha,
        parents: [],
        author: person,
        committer: person,
      });
      expect(again.data.sha).toBe(commit.data.sha);
    });

    it('writes files through contents, reads them back, and lists the commits', async () => {
      const { place } = await create();
      const written = await octokit.repos.createOrUpdateFileContents({
        ...place,
        path: 'docs/a.md',
        message: 'Write a',
        content: encode('a\n'),
      });
      expect(written.status).toBe(201);
      const read = await octokit.repos.getContent({
        ...place,
        path: 'docs/a.md',
      });
      const content = 'content' in read.data ? read.data.content : '';
      expect(Buffer.from(content, 'base64').toString()).toBe('a\n');
      const commits = await octokit.repos.listCommits(place);
      expect(commits.data[0]).toMatchObject({
        sha: written.data.commit.sha,
        commit: { message: 'Write a' },
      });
      expect(await headOf(place)).toBe(written.data.commit.sha);
    });

    it('makes a branch, compares it, and merges its pull request', async () => {
      const { place } = await create();
      const sha = await headOf(place);
      await octokit.git.createRef({ ...place, ref: 'refs/heads/topic', sha });
      await octokit.repos.createOrUpdateFileContents({
        ...place,
        path: 'topic.txt',
        message: 'Topic',
        content: encode('topic\n'),
        branch: 'topic',
      });
      const compared = await octokit.repos.compareCommitsWithBasehead({
        ...place,
        basehead: 'main...topic',
      });
      expect(compared.data).toMatchObject({
        status: 'ahead',
        ahead_by: 1,
        behind_by: 0,
      });
      const pull = await octokit.pulls.create({
        ...place,
        title: 'Topic',
        head: 'topic',
        base: 'main',
      });
      const merged = await octokit.pulls.merge({
        ...place,
        pull_number: pull.data.number,
        merge_method: 'merge',
      });
      expect(merged.data.merged).toBe(true);
      const after = await octokit.pulls.get({
        ...place,
        pull_number: pull.data.number,
      });
      expect(after.data).toMatchObject({ state: 'closed', merged: true });
      await octokit.repos.getContent({ ...place, path: 'topic.txt' });
    });

    it('protects a branch', async () => {
      const { place } = await create();
      await octokit.repos.updateBranchProtection({
        ...place,
        branch: 'main',
        required_status_checks: null,
        enforce_admins: false,
        required_pull_request_reviews: null,
        restrictions: null,
      });
      const branch = await octokit.repos.getBranch({
        ...place,
        branch: 'main',
      });
      expect(branch.data.protected).toBe(true);
    });

    it('keeps a webhook without giving its secret away', async () => {
      const { place } = await create();
      const { data } = await octokit.repos.createWebhook({
        ...place,
        events: ['push'],
        config: {
          url: 'http://127.0.0.1:9/hook',
          content_type: 'json',
          secret: 'hidden',
        },
      });
      const hooks = await octokit.repos.listWebhooks(place);
      expect(hooks.data).toMatchObject([{ id: data.id, events: ['push'] }]);
      expect(JSON.stringify(hooks.data)).not.toContain('hidden');
    });

    it('deletes a repository', async () => {
      const { place } = await create();
      made.splice(made.indexOf(place.repo), 1);
      await octokit.repos.delete(place);
      await expect(octokit.repos.get(place)).rejects.toMatchObject({
        status: 404,
      });
    });

    // What the emulator does not have, or has otherwise than GitHub.
    describeComplete('in full', () => {
      it('refuses an unknown token', async () => {
        const stranger = createTestOctokit({ ...provider, token: 'wrong' });
        await expect(stranger.users.getAuthenticated()).rejects.toMatchObject({
          status: 401,
          response: { data: { message: 'Bad credentials' } },
        });
      });

      it('answers 409 from git data while a repository is empty', async () => {
        const { place } = await create({});
        await expect(headOf(place)).rejects.toMatchObject({ status: 409 });
      });

      it('reads the combined status of a commit with its repository', async () => {
        const { place } = await create();
        const { data } = await octokit.repos.getCombinedStatusForRef({
          ...place,
          ref: 'main',
        });
        expect(data).toMatchObject({
          sha: await headOf(place),
          state: 'pending',
          total_count: 0,
        });
        expect(data.repository.archive_url).toContain('{archive_format}{/ref}');
      });

      it('takes statuses of a commit, and lists what changed since another', async () => {
        const { place } = await create();
        const base = await headOf(place);
        await octokit.repos.createOrUpdateFileContents({
          ...place,
          path: 'migrations/1.sql',
          message: 'Migrate',
          content: encode('CREATE TABLE a;\n'),
        });
        const sha = await headOf(place);
        for (const state of ['pending', 'success'] as const) {
          await octokit.repos.createCommitStatus({
            ...place,
            sha,
            state,
            context: 'forkyard/smoke-test',
          });
        }
        const listed = await octokit.repos.listCommitStatusesForRef({
          ...place,
          ref: sha,
        });
        expect(listed.data.map(({ state }) => state)).toEqual([
          'success',
          'pending',
        ]);
        const combined = await octokit.repos.getCombinedStatusForRef({
          ...place,
          ref: sha,
        });
        expect(combined.data).toMatchObject({ state: 'success', sha });
        const runs = await octokit.checks.listForRef({ ...place, ref: sha });
        expect(runs.data).toMatchObject({ total_count: 0, check_runs: [] });
        const compared = await octokit.repos.compareCommitsWithBasehead({
          ...place,
          basehead: `${base}...${sha}`,
        });
        expect(compared.data.files).toMatchObject([
          { filename: 'migrations/1.sql', status: 'added', additions: 1 },
        ]);
      });

      it('serves an environment with a variable and a public key', async () => {
        const { place } = await create({ auto_init: true, private: false });
        const environment = { ...place, environment_name: 'production' };
        await octokit.repos.createOrUpdateEnvironment(environment);
        await octokit.actions.createEnvironmentVariable({
          ...environment,
          name: 'REGION',
          value: 'fra1',
        });
        const variable = await octokit.actions.getEnvironmentVariable({
          ...environment,
          name: 'REGION',
        });
        const key = await octokit.actions.getEnvironmentPublicKey(environment);
        expect(variable.data.value).toBe('fra1');
        expect(Buffer.from(key.data.key, 'base64')).toHaveLength(32);
      });
    });
  },
);
