import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';

const encode = (text: string) => Buffer.from(text).toString('base64');

describe('people, settings and branches on the GitHub side', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({
      config: {
        baseAppDir: undefined,
        tokens: [
          { token: 'first', login: 'tester' },
          { token: 'second', login: 'ana' },
        ],
      },
    });
    octokit = createTestOctokit({ url: cloud.urls.github, token: 'first' });
  });

  afterAll(() => cloud.dispose());

  const create = async (repo: string) => {
    await octokit.repos.createInOrg({
      org: 'acme',
      name: repo,
      auto_init: true,
    });
    return { owner: 'acme', repo };
  };

  const put = (
    place: { owner: string; repo: string },
    path: string,
    text: string,
    more: object = {},
  ) =>
    octokit.repos.createOrUpdateFileContents({
      ...place,
      path,
      message: `Write ${path}`,
      content: encode(text),
      ...more,
    });

  const shaOf = async (place: { owner: string; repo: string }, ref = 'main') =>
    (await octokit.repos.getCommit({ ...place, ref })).data.sha;

  it('knows who is in the organization and what they may do', async () => {
    const members = await octokit.orgs.listMembers({ org: 'acme' });
    const organizations = await octokit.orgs.listForAuthenticatedUser();
    const membership = await octokit.orgs.getMembershipForUser({
      org: 'acme',
      username: 'ana',
    });
    expect(members.data.map(({ login }) => login)).toEqual(['tester', 'ana']);
    expect(organizations.data.map(({ login }) => login)).toEqual(['acme']);
    expect(membership.data).toMatchObject({ state: 'active' });
    await expect(octokit.orgs.get({ org: 'ana' })).rejects.toMatchObject({
      status: 404,
    });
    const limits = await octokit.rateLimit.get();
    expect(limits.data.resources.core.remaining).toBe(5000);
  });

  it('gives teams and collaborators access to a repository', async () => {
    const place = await create('shared');
    const team = await octokit.teams.create({
      org: 'acme',
      name: 'Image Studio',
    });
    expect(team.data.slug).toBe('image-studio');
    await expect(
      octokit.teams.create({ org: 'acme', name: 'image studio' }),
    ).rejects.toMatchObject({ status: 422 });
    await octokit.teams.addOrUpdateRepoPermissionsInOrg({
      org: 'acme',
      team_slug: 'image-studio',
      ...place,
      permission: 'admin',
    });
    const repositories = await octokit.teams.listReposInOrg({
      org: 'acme',
      team_slug: 'image-studio',
    });
    expect(repositories.data.map(({ name }) => name)).toEqual(['shared']);
    await octokit.repos.addCollaborator({
      ...place,
      username: 'ana',
      permission: 'maintain',
    });
    const collaborators = await octokit.repos.listCollaborators(place);
    expect(collaborators.data).toMatchObject([
      { login: 'ana', role_name: 'maintain' },
    ]);
    await expect(
      octokit.repos.addCollaborator({ ...place, username: 'nobody' }),
    ).rejects.toMatchObject({ status: 404 });
    await octokit.repos.removeCollaborator({ ...place, username: 'ana' });
    expect((await octokit.repos.listCollaborators(place)).data).toEqual([]);
    await expect(
      octokit.teams.getByName({ org: 'acme', team_slug: 'absent' }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('keeps labels and refuses a second one of the same name', async () => {
    const place = await create('labelled');
    await octokit.issues.createLabel({
      ...place,
      name: 'bug',
      color: 'ff0000',
    });
    await expect(
      octokit.issues.createLabel({ ...place, name: 'BUG', color: '00ff00' }),
    ).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ code: 'already_exists' }] } },
    });
    await octokit.issues.updateLabel({
      ...place,
      name: 'bug',
      new_name: 'defect',
      description: 'It is broken',
    });
    const labels = await octokit.issues.listLabelsForRepo(place);
    expect(labels.data).toMatchObject([
      { name: 'defect', color: 'ff0000', description: 'It is broken' },
    ]);
    await octokit.issues.deleteLabel({ ...place, name: 'defect' });
    await expect(
      octokit.issues.getLabel({ ...place, name: 'defect' }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('switches vulnerability alerts, and keeps what Actions are told', async () => {
    const place = await create('switched');
    await expect(
      octokit.repos.checkVulnerabilityAlerts(place),
    ).rejects.toMatchObject({ status: 404 });
    await octokit.repos.enableVulnerabilityAlerts(place);
    expect((await octokit.repos.checkVulnerabilityAlerts(place)).status).toBe(
      204,
    );
    await octokit.repos.disableVulnerabilityAlerts(place);
    await expect(
      octokit.repos.checkVulnerabilityAlerts(place),
    ).rejects.toMatchObject({ status: 404 });
    await octokit.actions.setWorkflowAccessToRepository({
      ...place,
      access_level: 'organization',
    });
    const access = await octokit.actions.getWorkflowAccessToRepository(place);
    expect(access.data.access_level).toBe('organization');
  });

  it('keeps variables of a repository and of the organization apart', async () => {
    const place = await create('variables');
    await octokit.actions.createRepoVariable({
      ...place,
      name: 'region',
      value: 'fra1',
    });
    await octokit.actions.createOrgVariable({
      org: 'acme',
      name: 'REGION',
      value: 'iad1',
      visibility: 'all',
    });
    await expect(
      octokit.actions.createRepoVariable({
        ...place,
        name: 'REGION',
        value: 'x',
      }),
    ).rejects.toMatchObject({ status: 409 });
    await expect(
      octokit.actions.createRepoVariable({
        ...place,
        name: 'GITHUB_X',
        value: 'x',
      }),
    ).rejects.toMatchObject({ status: 422 });
    await octokit.actions.updateRepoVariable({
      ...place,
      name: 'REGION',
      value: 'sfo1',
    });
    const variables = await octokit.actions.listRepoVariables(place);
    const shared = await octokit.actions.getOrgVariable({
      org: 'acme',
      name: 'REGION',
    });
    expect(variables.data).toMatchObject({
      total_count: 1,
      variables: [{ name: 'REGION', value: 'sfo1' }],
    });
    expect(shared.data.value).toBe('iad1');
    await octokit.actions.deleteRepoVariable({ ...place, name: 'REGION' });
    expect(
      (await octokit.actions.listRepoVariables(place)).data.total_count,
    ).toBe(0);
  });

  it('lists, reads and removes environments with what belongs to them', async () => {
    const place = await create('environments');
    await octokit.repos.createOrUpdateEnvironment({
      ...place,
      environment_name: 'staging',
      wait_timer: 10,
      reviewers: [{ type: 'User', id: 2 }],
      deployment_branch_policy: {
        protected_branches: true,
        custom_branch_policies: false,
      },
    });
    const { data } = await octokit.repos.getEnvironment({
      ...place,
      environment_name: 'staging',
    });
    expect(data.protection_rules?.map(({ type }) => type)).toEqual([
      'wait_timer',
      'required_reviewers',
      'branch_policy',
    ]);
    const all = await octokit.repos.getAllEnvironments(place);
    expect(all.data.total_count).toBe(1);
    await octokit.repos.deleteAnEnvironment({
      ...place,
      environment_name: 'staging',
    });
    await expect(
      octokit.actions.getEnvironmentPublicKey({
        ...place,
        environment_name: 'staging',
      }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('merges one branch into another one, or says why not', async () => {
    const place = await create('merged');
    const sha = await shaOf(place);
    await octokit.git.createRef({ ...place, ref: 'refs/heads/topic', sha });
    await put(place, 'a.txt', 'topic', { branch: 'topic' });
    const merged = await octokit.repos.merge({
      ...place,
      base: 'main',
      head: 'topic',
    });
    expect(merged.data.parents).toHaveLength(2);
    const again = await octokit.repos.merge({
      ...place,
      base: 'main',
      head: 'topic',
    });
    expect(again.status).toBe(204);
    await octokit.git.createRef({ ...place, ref: 'refs/heads/other', sha });
    await put(place, 'a.txt', 'other', { branch: 'other' });
    await expect(
      octokit.repos.merge({ ...place, base: 'main', head: 'other' }),
    ).rejects.toMatchObject({
      status: 409,
      response: { data: { message: 'Merge conflict' } },
    });
    await expect(
      octokit.repos.merge({ ...place, base: 'main', head: 'absent' }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('takes a pull request from a fork of another account', async () => {
    const place = await create('upstream');
    const fork = { owner: 'tester', repo: 'upstream' };
    await octokit.repos.createFork(place);
    await octokit.git.createRef({
      ...fork,
      ref: 'refs/heads/fix',
      sha: await shaOf(fork),
    });
    await put(fork, 'fix.txt', 'fixed', { branch: 'fix' });
    const compared = await octokit.repos.compareCommitsWithBasehead({
      ...place,
      basehead: 'main...tester:fix',
    });
    expect(compared.data.ahead_by).toBe(1);
    const { data } = await octokit.pulls.create({
      ...place,
      title: 'Fix it',
      head: 'tester:fix',
      base: 'main',
    });
    expect(data.head.repo?.full_name).toBe('tester/upstream');
    const files = await octokit.pulls.listFiles({
      ...place,
      pull_number: data.number,
    });
    const commits = await octokit.pulls.listCommits({
      ...place,
      pull_number: data.number,
    });
    expect(files.data.map(({ filename }) => filename)).toEqual(['fix.txt']);
    expect(commits.data).toHaveLength(1);
    await octokit.pulls.merge({ ...place, pull_number: data.number });
    const checked = await octokit.pulls.checkIfMerged({
      ...place,
      pull_number: data.number,
    });
    expect(checked.status).toBe(204);
    const forks = await octokit.repos.listForks(place);
    expect(forks.data.map(({ full_name }) => full_name)).toEqual([
      'tester/upstream',
    ]);
  });

  it('edits, closes and reopens a pull request, and notes who looks at it', async () => {
    const place = await create('reviewed');
    await octokit.git.createRef({
      ...place,
      ref: 'refs/heads/topic',
      sha: await shaOf(place),
    });
    await put(place, 'a.txt', 'a', { branch: 'topic' });
    const { data } = await octokit.pulls.create({
      ...place,
      title: 'Topic',
      head: 'topic',
      base: 'main',
      draft: true,
    });
    const at = { ...place, pull_number: data.number };
    await expect(octokit.pulls.merge(at)).rejects.toMatchObject({
      status: 405,
    });
    await octokit.pulls.update({ ...at, title: 'Better', state: 'closed' });
    expect((await octokit.pulls.list(place)).data).toEqual([]);
    await octokit.pulls.update({ ...at, state: 'open' });
    await octokit.pulls.requestReviewers({ ...at, reviewers: ['ana'] });
    await octokit.issues.addAssignees({
      ...place,
      issue_number: data.number,
      assignees: ['ana'],
    });
    await octokit.issues.addLabels({
      ...place,
      issue_number: data.number,
      labels: ['upgrade'],
    });
    const after = await octokit.pulls.get(at);
    expect(after.data).toMatchObject({
      title: 'Better',
      state: 'open',
      requested_reviewers: [{ login: 'ana' }],
      assignee: { login: 'ana' },
      labels: [{ name: 'upgrade' }],
    });
    await expect(
      octokit.pulls.create({
        ...place,
        title: 'Nothing',
        head: 'main',
        base: 'main',
      }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('lists refs and tags, and deletes any branch but the default one', async () => {
    const place = await create('refs');
    const sha = await shaOf(place);
    await octokit.git.createRef({ ...place, ref: 'refs/heads/a/one', sha });
    await octokit.git.createRef({ ...place, ref: 'refs/tags/v1', sha });
    const matching = await octokit.git.listMatchingRefs({
      ...place,
      ref: 'heads/a',
    });
    expect(matching.data.map(({ ref }) => ref)).toEqual(['refs/heads/a/one']);
    const tags = await octokit.repos.listTags(place);
    expect(tags.data).toMatchObject([{ name: 'v1', commit: { sha } }]);
    await octokit.git.deleteRef({ ...place, ref: 'heads/a/one' });
    await expect(
      octokit.git.deleteRef({ ...place, ref: 'heads/main' }),
    ).rejects.toMatchObject({ status: 422 });
    for (const ref of ['heads/main', 'refs/heads/..', 'refs/heads/a b']) {
      await expect(
        octokit.git.createRef({ ...place, ref, sha }),
      ).rejects.toMatchObject({ status: 422 });
    }
    await expect(
      octokit.git.createRef({
        ...place,
        ref: 'refs/heads/lost',
        sha: '1'.repeat(40),
      }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('lists folders, describes links, and replaces a folder by a tree', async () => {
    const place = await create('trees');
    await put(place, 'docs/a.md', 'a');
    await put(place, 'docs/b.md', 'b');
    const head = await shaOf(place);
    const root = await octokit.repos.getContent({ ...place, path: '' });
    expect(root.data).toMatchObject([
      { name: 'README.md', type: 'file' },
      { name: 'docs', type: 'dir' },
    ]);
    const docs = await octokit.git.getTree({ ...place, tree_sha: `${head}` });
    const docsTree = docs.data.tree.find(({ path }) => path === 'docs');
    const tree = await octokit.git.createTree({
      ...place,
      base_tree: head,
      tree: [
        { path: 'docs', mode: '040000', type: 'tree', sha: null },
        {
          path: 'copy/of',
          mode: '040000',
          type: 'tree',
          sha: docsTree?.sha,
        },
        { path: 'link', mode: '120000', type: 'blob', content: 'README.md' },
      ],
    });
    const commit = await octokit.git.createCommit({
      ...place,
      message: 'Move',
      tree: tree.data.sha,
      parents: [head],
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
    expect(listing.data.tree.map(({ path }) => path)).toEqual([
      'README.md',
      'copy',
      'copy/of',
      'copy/of/a.md',
      'copy/of/b.md',
      'link',
    ]);
    const link = await octokit.repos.getContent({ ...place, path: 'link' });
    expect(link.data).toMatchObject({ type: 'symlink', target: 'README.md' });
    await expect(
      octokit.git.createTree({
        ...place,
        tree: [
          { path: 'x', mode: '100644', type: 'blob', sha: '1'.repeat(40) },
        ],
      }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('keeps hooks of the organization, which hear of every repository', async () => {
    const hook = await octokit.orgs.createWebhook({
      org: 'acme',
      name: 'web',
      events: ['repository'],
      config: { url: 'http://127.0.0.1:9/hook', content_type: 'json' },
    });
    await create('heard');
    const deliveries = await octokit.orgs.listWebhookDeliveries({
      org: 'acme',
      hook_id: hook.data.id,
    });
    expect(deliveries.data.map(({ event }) => event)).toEqual([
      'repository',
      'ping',
    ]);
    await octokit.orgs.pingWebhook({ org: 'acme', hook_id: hook.data.id });
    await octokit.orgs.updateWebhook({
      org: 'acme',
      hook_id: hook.data.id,
      active: false,
    });
    await expect(
      octokit.orgs.createWebhook({
        org: 'acme',
        name: 'web',
        config: { url: 'not a url' },
      }),
    ).rejects.toMatchObject({ status: 422 });
    await octokit.orgs.deleteWebhook({ org: 'acme', hook_id: hook.data.id });
    expect((await octokit.orgs.listWebhooks({ org: 'acme' })).data).toEqual([]);
  });
});
