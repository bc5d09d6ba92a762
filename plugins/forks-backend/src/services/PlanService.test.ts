import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { TestLocalCloud } from '@forkyard/local-cloud';
import type {
  ForkRequestInput,
  PlanCheck,
} from '@forkyard/plugin-forks-common';
import {
  credentials,
  startTestCloud,
  TestForks,
} from '../__testUtils__/TestForks';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('the plan', () => {
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

  const check = (changes: Partial<ForkRequestInput> = {}) =>
    forks.services.plans.checkPlan(forks.request(changes), { credentials });

  const find = (checks: PlanCheck[], id: string) =>
    checks.find(candidate => candidate.id === id);

  it('passes when everything is free and well, and says what would be made', async () => {
    const plan = await check({ domain: undefined });
    expect(plan.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(plan.verdict).toBe('pass');
    expect(plan.checks.map(({ id }) => id)).toEqual([
      'fork-name',
      'repository-name',
      'project-name',
      'base-application',
      'slo-file',
      'owner',
      'repository-access',
      'hosting-access',
      'budget',
    ]);
    expect(find(plan.checks, 'hosting-access')?.message).toMatch(
      /has \d+ of \d+ projects/,
    );
    expect(plan.estimatedMonthlyCostUsd).toEqual({ low: 18, high: 31 });
    expect(plan.resources).toEqual([
      { step: 'repository', kind: 'repository', name: 'acme/shop' },
      { step: 'project', kind: 'project', name: 'shop' },
      { step: 'stores', kind: 'store', name: 'shop-postgres' },
      { step: 'deployment', kind: 'deployment', name: 'shop (production)' },
      { step: 'registration', kind: 'entity', name: 'component:default/shop' },
    ]);
    // Nothing exists because of it.
    expect(await forks.knex('provisionings')).toEqual([]);
    expect(
      await forks.sources.repositories.findRepository({
        owner: 'acme',
        repo: 'shop',
      }),
    ).toBeUndefined();
  });

  it('fails on names that are taken, wherever they are', async () => {
    await forks.sources.repositories.createRepository({
      owner: 'acme',
      repo: 'taken',
      description: 'Mine',
    });
    await forks.sources.projects.createProject({
      name: 'taken',
      repository: 'acme/taken',
      variables: [],
    });
    const plan = await check({ name: 'taken' });
    expect(plan.verdict).toBe('fail');
    expect(find(plan.checks, 'repository-name')).toEqual({
      id: 'repository-name',
      verdict: 'fail',
      message: 'Repository acme/taken exists already',
      action: 'Choose another name, or rename that repository',
    });
    expect(find(plan.checks, 'project-name')?.verdict).toBe('fail');
    await expect(forks.provision({ name: 'taken' })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('Repository acme/taken exists already'),
    });

    const { id } = await forks.provision(
      { name: 'known' },
      { through: 'repository' },
    );
    await forks.waitFor(id, 'waiting');
    expect(
      find((await check({ name: 'known' })).checks, 'fork-name')?.message,
    ).toBe('Fork known exists already, owned by platform (group)');
  });

  it.each<[string, Partial<ForkRequestInput>, string, RegExp]>([
    [
      'is not on offer',
      { baseApplication: 'acme/other' },
      'base-application',
      /is not offered as a base application. Choose one of acme\/base-app/,
    ],
    [
      'does not exist',
      { baseApplication: 'acme/missing' },
      'base-application',
      /does not exist, or the portal's credentials cannot read it/,
    ],
    [
      'is no repository',
      { baseApplication: '../etc/passwd' },
      'base-application',
      /names no repository/,
    ],
    [
      'has an unknown owner',
      { owner: 'group:default/nobody' },
      'owner',
      /Owner nobody \(group\) is not in the catalog/,
    ],
    [
      'has secrets of nobody',
      { secrets: [{ key: 'API_TOKEN', ref: 'x' }] },
      'secrets',
      /API_TOKEN have expired/,
    ],
  ])('fails when the request %s', async (_case, changes, id, message) => {
    const plan = await check(changes);
    expect(plan.verdict).toBe('fail');
    expect(find(plan.checks, id)).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(message),
      action: expect.any(String),
    });
    await expect(forks.provision(changes)).rejects.toMatchObject({
      name: 'InputError',
    });
  });

  it('warns of what needs a hand but stops nothing', async () => {
    const plan = await check({
      domain: 'shop.example.com',
      system: 'system:default/none',
      monthlyBudgetUsd: 5,
    });
    expect(plan.verdict).toBe('warn');
    expect(find(plan.checks, 'domain')).toMatchObject({
      verdict: 'warn',
      action: expect.stringMatching(
        /Add this DNS record: shop\.example\.com CNAME /,
      ),
    });
    expect(find(plan.checks, 'system')?.verdict).toBe('warn');
    expect(find(plan.checks, 'budget')?.message).toContain('$18 to $31');
  });

  it('takes the base by its URL, and sealed secrets of its caller', async () => {
    const { ref } = await forks.services.secrets.sealSecret(
      { value: 'secret' },
      { credentials },
    );
    const plan = await check({
      baseApplication: `${cloud.urls.github}/acme/base-app`,
      secrets: [{ key: 'API_TOKEN', ref }],
    });
    expect(find(plan.checks, 'secrets')).toMatchObject({ verdict: 'pass' });
    expect(find(plan.checks, 'base-application')?.verdict).toBe('pass');
  });

  it.each<[string, 'github' | 'vercel', object, string[], RegExp]>([
    [
      'refuses our token',
      'github',
      { status: 401 },
      ['repository-name', 'base-application', 'repository-access'],
      /Check the credentials in 'integrations.github'/,
    ],
    ['is broken', 'github', { status: 500 }, ['repository-name'], /\(500\)/],
    [
      'is gone',
      'github',
      { drop: 'request' },
      ['repository-name'],
      /Check that it is reachable/,
    ],
    [
      'refuses our token',
      'vercel',
      { status: 403 },
      ['project-name', 'hosting-access'],
      /Check that 'vercel.token' is valid/,
    ],
    [
      'talks garbage',
      'vercel',
      { status: 502, body: '<html>' },
      ['project-name'],
      /\(502\)/,
    ],
    [
      'limits us',
      'vercel',
      { status: 429, headers: { 'retry-after': '90' } },
      ['project-name'],
      /Try again in 90 s/,
    ],
  ])(
    'says what to do when the provider %s (%s)',
    async (_case, side, fault, ids, message) => {
      await forks.fault(side, { path: '*', ...fault });
      const plan = await check();
      for (const id of ids) {
        expect(find(plan.checks, id)).toMatchObject({
          verdict: 'fail',
          message: expect.stringMatching(message),
        });
      }
      await expect(forks.provision()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
    },
  );

  it('says so when the catalog does not answer', async () => {
    forks.catalog.failure = new Error('down');
    const plan = await check();
    expect(find(plan.checks, 'owner')?.message).toContain(
      'The catalog could not look for group:default/platform: down',
    );
  });
});

describe('the plan of a base that is no good', () => {
  it.each<[string, Record<string, string | undefined>, string, string, RegExp]>(
    [
      [
        'has no catalog file',
        { 'catalog-info.yaml': undefined },
        'base-application',
        'fail',
        /has no catalog-info.yaml/,
      ],
      [
        'has no objectives',
        { 'slo.yaml': undefined },
        'slo-file',
        'warn',
        /has no slo.yaml/,
      ],
      [
        'has broken objectives',
        { 'slo.yaml': 'a: [' },
        'slo-file',
        'fail',
        /slo.yaml of acme\/base-app is not valid/,
      ],
      [
        'has something else for objectives',
        { 'slo.yaml': 'kind: Pod\n' },
        'slo-file',
        'fail',
        /it is no OpenSLO file/,
      ],
    ],
  )('tells that it %s', async (_case, changes, id, verdict, message) => {
    const cloud = await startTestCloud(changes);
    const forks = await TestForks.start(
      cloud,
      await databases.init('POSTGRES_18'),
    );
    try {
      const plan = await forks.services.plans.checkPlan(forks.request(), {
        credentials,
      });
      expect(plan.checks.find(check => check.id === id)).toMatchObject({
        verdict,
        message: expect.stringMatching(message),
        action: expect.any(String),
      });
    } finally {
      await forks.stop();
      await cloud.dispose();
    }
  });
});
