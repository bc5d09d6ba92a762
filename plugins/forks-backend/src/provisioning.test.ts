import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TestDatabases } from '@backstage/backend-test-utils';
import { OwnRequests, UrlProbe } from '@forkyard/backend-kit';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { TestLocalCloud } from '@forkyard/local-cloud';
import { parseAllDocuments } from 'yaml';
import {
  credentials,
  startTestCloud,
  TestForks,
} from './__testUtils__/TestForks';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('a provisioning against both providers', () => {
  let cloud: TestLocalCloud;
  let forks: TestForks;

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  beforeEach(async () => {
    forks = await TestForks.start(cloud, await databases.init('POSTGRES_18'));
  });
  afterEach(async () => {
    await forks.clearFaults();
    await forks.stop();
  });
  afterAll(() => cloud.dispose());

  const states = (provisioning: {
    steps: Array<{ id: string; state: string }>;
  }) =>
    Object.fromEntries(provisioning.steps.map(({ id, state }) => [id, state]));

  const seal = async (value: string) =>
    (await forks.services.secrets.sealSecret({ value }, { credentials })).ref;

  it('makes a repository, a project, a database, a deployment and a catalog entity', async () => {
    const created = await forks.provision({
      name: 'whole',
      description: 'Sells things',
      system: 'system:default/demo',
      sloTier: 'critical',
    });
    expect(created).toMatchObject({
      state: 'running',
      forkName: 'whole',
      createdBy: 'user:default/mock',
    });

    const done = await forks.waitFor(created.id, 'succeeded', 'failed');

    expect(states(done)).toEqual({
      repository: 'succeeded',
      project: 'succeeded',
      environment: 'skipped',
      stores: 'succeeded',
      domain: 'skipped',
      deployment: 'succeeded',
      verification: 'succeeded',
      registration: 'succeeded',
    });
    expect(done.steps.every(step => step.attempts === 1)).toBe(true);
    expect(done.productionUrl).toMatch(/^http:\/\/whole\.localhost:\d+$/);

    const fork = await forks.services.forks.getFork(
      { name: 'whole' },
      { credentials },
    );
    expect(fork).toMatchObject({
      lifecycle: 'active',
      status: 'healthy',
      repositoryUrl: `${cloud.urls.github}/acme/whole`,
      productionUrl: done.productionUrl,
      projectId: expect.stringMatching(/^prj_/),
      base: { repository: 'acme/base-app' },
      live: { deploymentId: expect.stringMatching(/^vercel:dpl_/) },
    });

    const repository = { owner: 'acme', repo: 'whole' };
    const head = await forks.sources.repositories.findBranchHead({
      ...repository,
      branch: 'main',
    });
    expect(fork.live?.sha).toBe(head);
    const [component] = parseAllDocuments(
      (await forks.sources.repositories.findFile({
        ...repository,
        ref: 'main',
        path: 'catalog-info.yaml',
      })) ?? '',
    );
    expect(component.toJS()).toMatchObject({
      metadata: {
        name: 'whole',
        description: 'Sells things',
        annotations: {
          'github.com/project-slug': 'acme/whole',
          'vercel.com/project-id': 'whole',
          'vercel.com/team-id': 'team_acme',
          'forkyard.dev/base': `acme/base-app@${fork.base.sha}`,
          'forkyard.dev/fork-of': 'component:default/base-app',
          'forkyard.dev/budget': '50',
        },
      },
      spec: { owner: 'group:default/platform', system: 'system:default/demo' },
    });
    const probe = new UrlProbe({
      purpose: 'test',
      ownRequests: new OwnRequests(undefined),
    });
    expect(await probe.get(`${done.productionUrl}/healthz`)).toMatchObject({
      status: 200,
    });
    expect(forks.catalog.targets).toEqual([
      `${cloud.urls.github}/acme/whole/blob/main/catalog-info.yaml`,
    ]);
    expect(await forks.log(created.id)).toContain('Running "npm run build"');
  });

  it("keeps the base's history beneath one commit, with the fork's marks on the repository", async () => {
    const { id } = await forks.provision(
      { name: 'history' },
      { through: 'repository' },
    );
    await forks.waitFor(id, 'waiting');

    const { stdout } = await promisify(execFile)('git', [
      '-c',
      `http.extraHeader=Authorization: Basic ${Buffer.from(`x:${cloud.token}`).toString('base64')}`,
      'ls-remote',
      `${cloud.urls.github}/acme/history.git`,
    ]);
    expect(stdout).toContain('refs/heads/main');
    const response = await fetch(
      `${cloud.urls.github}/repos/acme/history/commits`,
      { headers: { authorization: `Bearer ${cloud.token}` } },
    );
    const commits = (await response.json()) as Array<{
      commit: { message: string };
    }>;
    expect(commits.map(({ commit }) => commit.message)).toEqual([
      'Fork acme/base-app as history',
      'Base application',
    ]);
    const repository = await forks.sources.repositories.findRepository({
      owner: 'acme',
      repo: 'history',
    });
    expect(repository?.topics).toEqual(
      expect.arrayContaining(['forkyard-fork', `forkyard-${id}`]),
    );
  });

  it('stops after the step that is asked for, and goes on when advanced', async () => {
    const { id } = await forks.provision(
      { name: 'stepwise' },
      { through: 'repository', idempotencyKey: 'task-1' },
    );
    const waiting = await forks.waitFor(id, 'waiting');
    expect(states(waiting)).toMatchObject({
      repository: 'succeeded',
      project: 'pending',
    });

    const advance = (through: 'project' | 'domain' | 'repository') =>
      forks.services.provisionings.advanceProvisioning(
        { id, through },
        { credentials },
      );
    await advance('domain');
    expect(states(await forks.waitFor(id, 'waiting'))).toMatchObject({
      project: 'succeeded',
      stores: 'succeeded',
      domain: 'skipped',
      deployment: 'pending',
    });
    // An earlier step is no request to go back.
    expect(await advance('repository')).toMatchObject({ through: 'domain' });
  });

  it('gives variables and secrets to the project, and shows no secret anywhere', async () => {
    const secret = 'correct horse battery staple';
    const { id } = await forks.provision({
      name: 'secretive',
      environmentVariables: [{ key: 'COLOR', value: 'green' }],
      secrets: [{ key: 'API_TOKEN', ref: await seal(secret) }],
    });
    const done = await forks.waitFor(id, 'succeeded', 'failed');

    expect(states(done)).toMatchObject({ environment: 'succeeded' });
    const log = await forks.log(id);
    expect(log).toContain('building with token');
    expect(log).not.toContain(secret);
    expect(log).toContain('Set 1 variables and 1 secrets');
    const variables = await forks.sources.projects.listVariables({
      projectId: 'secretive',
    });
    expect(variables.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['COLOR', 'API_TOKEN', 'POSTGRES_URL']),
    );
    expect(JSON.stringify(variables)).not.toContain(secret);

    for (const table of [
      'provisionings',
      'provisioning_steps',
      'provisioning_log_lines',
      'forks',
      'sealed_secrets',
    ]) {
      const rows = await forks.knex(table).select();
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
    expect(await forks.knex('sealed_secrets')).toEqual([]);
    const said = JSON.stringify(
      [forks.logger.warn, forks.logger.error, forks.auditor.createEvent].map(
        mock => mock.mock.calls,
      ),
    );
    expect(said).not.toContain(secret);
  });

  it('tells which record a domain needs, and goes on', async () => {
    const { id } = await forks.provision(
      { name: 'named', domain: 'shop.example.com' },
      { through: 'domain' },
    );
    const waiting = await forks.waitFor(id, 'waiting', 'failed');
    expect(states(waiting)).toMatchObject({ domain: 'succeeded' });
    expect(await forks.log(id)).toMatch(
      /Domain shop\.example\.com needs this DNS record: /,
    );

    const other = await forks.provision(
      { name: 'rival', domain: 'shop.example.com' },
      { through: 'domain' },
    );
    const failed = await forks.waitFor(other.id, 'waiting', 'failed');
    expect(
      failed.steps.find(step => step.id === 'domain')?.error,
    ).toMatchObject({
      message: expect.stringContaining('belongs to another project'),
      retryable: true,
    });
  });

  it('gives the same provisioning to whoever repeats the request or its key', async () => {
    const first = await forks.provision(
      { name: 'same' },
      { through: 'repository', idempotencyKey: 'key' },
    );
    const [again, byName] = await Promise.all([
      forks.provision(
        { name: 'same' },
        { through: 'repository', idempotencyKey: 'key' },
      ),
      forks.provision({ name: 'same' }, { through: 'repository' }),
    ]);
    expect([again.id, byName.id]).toEqual([first.id, first.id]);

    await expect(
      forks.provision({ name: 'same', title: 'Other' }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining("Fork 'same' exists already"),
    });
    await forks.waitFor(first.id, 'waiting');
  });

  it('makes one provisioning of requests that arrive together', async () => {
    const all = await Promise.all(
      [1, 2, 3, 4].map(() =>
        forks.provision({ name: 'together' }, { through: 'repository' }),
      ),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    await forks.waitFor(all[0].id, 'waiting');
  });

  it('keeps what was made when the build fails, tells why, and resumes to the end', async () => {
    const { id } = await forks.provision(
      {
        name: 'broken',
        environmentVariables: [{ key: 'FAIL_BUILD', value: '1' }],
      },
      { through: 'verification' },
    );
    const failed = await forks.waitFor(id, 'failed');

    expect(states(failed)).toMatchObject({
      stores: 'succeeded',
      deployment: 'failed',
      verification: 'pending',
    });
    expect(failed.steps[5].error).toMatchObject({
      message: expect.stringContaining('The build failed'),
      action: expect.stringContaining('resume'),
      retryable: true,
    });
    expect(await forks.log(id)).toContain('the build is broken');
    expect(
      await forks.services.forks.getFork({ name: 'broken' }, { credentials }),
    ).toMatchObject({ lifecycle: 'failed', status: 'failing' });
    expect(forks.notifications.send).toHaveBeenCalledWith(
      expect.objectContaining({
        recipients: { type: 'entity', entityRef: 'user:default/mock' },
        payload: expect.objectContaining({
          title: "Fork broken failed at step 'deployment'",
          link: `/forks/provisionings/${id}`,
        }),
      }),
    );
    await expect(
      forks.services.provisionings.advanceProvisioning(
        { id, through: 'registration' },
        { credentials },
      ),
    ).rejects.toThrow(/Resume or unwind it first/);

    const project = await forks.sources.projects.findProject({
      name: 'broken',
    });
    await forks.sources.projects.upsertVariables({
      projectId: project!.id,
      variables: [
        {
          key: 'FAIL_BUILD',
          value: '',
          secret: false,
          targets: ['production', 'preview'],
        },
      ],
    });
    await forks.services.provisionings.resumeProvisioning(
      { id },
      { credentials },
    );
    const done = await forks.waitFor(id, 'succeeded', 'failed');
    expect(done.state).toBe('succeeded');
    expect(done.steps[5]).toMatchObject({ attempts: 2, error: undefined });
    expect(done.steps[3].attempts).toBe(1);
  });

  it('undoes everything in reverse when the form chose so', async () => {
    const { id } = await forks.provision({
      name: 'undone',
      onFailure: 'unwind',
      environmentVariables: [{ key: 'FAIL_BUILD', value: '1' }],
    });
    const unwound = await forks.waitFor(id, 'unwound', 'failed');

    expect(states(unwound)).toEqual({
      repository: 'undone',
      project: 'undone',
      environment: 'undone',
      stores: 'undone',
      domain: 'skipped',
      deployment: 'undone',
      verification: 'pending',
      registration: 'pending',
    });
    const { repositories, projects } = forks.sources;
    const name = { owner: 'acme', repo: 'undone' };
    expect(await repositories.findRepository(name)).toBeUndefined();
    expect(await projects.findProject({ name: 'undone' })).toBeUndefined();
    const { items } = await forks.services.forks.listForks({}, { credentials });
    expect(items).toEqual([]);

    // The name is free again.
    const again = await forks.provision(
      { name: 'undone' },
      { through: 'repository' },
    );
    expect(again.id).not.toBe(id);
    expect(await forks.waitFor(again.id, 'waiting')).toBeDefined();
  });

  it('archives a repository in which somebody has worked on another branch', async () => {
    const { id } = await forks.provision(
      { name: 'branched' },
      { through: 'repository' },
    );
    await forks.waitFor(id, 'waiting');
    const { repositories } = forks.sources;
    const name = { owner: 'acme', repo: 'branched' };
    const sha = await repositories.findBranchHead({ ...name, branch: 'main' });
    await fetch(`${cloud.urls.github}/repos/acme/branched/git/refs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.token}` },
      body: JSON.stringify({ ref: 'refs/heads/feature', sha }),
    });
    await fetch(`${cloud.urls.github}/repos/acme/branched/contents/NOTE.md`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${cloud.token}` },
      body: JSON.stringify({
        message: 'Work',
        content: Buffer.from('work').toString('base64'),
        branch: 'feature',
      }),
    });

    await forks.services.provisionings.unwindProvisioning(
      { id },
      { credentials },
    );
    await forks.waitFor(id, 'unwound');

    expect(await repositories.findRepository(name)).toMatchObject({
      archived: true,
    });
  });

  it('unwinds a whole fork, and archives a repository in which somebody has worked', async () => {
    const { id } = await forks.provision({ name: 'worked' });
    await forks.waitFor(id, 'succeeded');
    await fetch(`${cloud.urls.github}/repos/acme/worked/contents/NOTE.md`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${cloud.token}` },
      body: JSON.stringify({
        message: 'Work',
        content: Buffer.from('work').toString('base64'),
      }),
    });

    await forks.services.provisionings.unwindProvisioning(
      { id },
      { credentials },
    );
    await forks.waitFor(id, 'unwound');

    const repository = await forks.sources.repositories.findRepository({
      owner: 'acme',
      repo: 'worked',
    });
    expect(repository?.archived).toBe(true);
    expect(forks.catalog.targets).toEqual([]);
    expect(await forks.log(id)).toContain('somebody has worked in it');
    await expect(
      forks.services.provisionings.resumeProvisioning({ id }, { credentials }),
    ).rejects.toThrow(/is 'unwound'/);
  });
});
