import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ConflictError } from '@backstage/errors';
import type { TestLocalCloud } from '@forkyard/local-cloud';
import createKnex, { type Knex } from 'knex';
import {
  credentials,
  startTestCloud,
  TestForks,
} from './__testUtils__/TestForks';
import { GitCommand } from './sources/GitCommand';
import { GitRepositoryPusher } from './sources/GitRepositoryPusher';
import type { Sources } from './createSources';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('a provisioning in trouble', () => {
  let cloud: TestLocalCloud;
  let knex: Knex;
  let forks: TestForks;
  const others: TestForks[] = [];

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    forks = await TestForks.start(cloud, knex);
  });
  afterEach(async () => {
    await forks.clearFaults();
    for (const other of [forks, ...others.splice(0)]) await other.stop();
  });
  afterAll(() => cloud.dispose());

  async function startOther(
    ...overrides: Parameters<typeof TestForks.start>[2][]
  ): Promise<TestForks> {
    const other = await TestForks.start(cloud, knex, overrides[0]);
    others.push(other);
    return other;
  }

  const resume = (id: string) =>
    forks.services.provisionings.resumeProvisioning({ id }, { credentials });

  const ask = async (side: 'github' | 'vercel', path: string) => {
    const response = await fetch(`${cloud.urls[side]}${path}`, {
      headers: { authorization: `Bearer ${cloud.token}` },
    });
    return response.json();
  };

  /** How many resources of a fork there are at the providers. */
  async function countResources(name: string) {
    const repositories = (await ask('github', '/orgs/acme/repos')) as Array<{
      name: string;
    }>;
    const { projects } = (await ask('vercel', '/v10/projects')) as {
      projects: Array<{ name: string; id: string }>;
    };
    const { stores } = (await ask('vercel', '/v1/storage/stores')) as {
      stores: Array<{ name: string }>;
    };
    const own = projects.filter(project => project.name === name);
    const { deployments } = (await ask(
      'vercel',
      `/v7/deployments?projectId=${own[0]?.id}`,
    )) as { deployments: object[] };
    return {
      repositories: repositories.filter(found => found.name === name).length,
      projects: own.length,
      stores: stores.filter(store => store.name.startsWith(`${name}-`)).length,
      deployments: deployments.length,
    };
  }

  const one = { repositories: 1, projects: 1, stores: 1, deployments: 1 };

  const crashPoints: Array<
    [
      string,
      keyof Pick<
        Sources,
        'repositories' | 'projects' | 'stores' | 'deployments'
      >,
      string,
    ]
  > = [
    ['repository', 'repositories', 'createRepository'],
    ['project', 'projects', 'createProject'],
    ['stores', 'stores', 'createStore'],
    ['deployment', 'deployments', 'createDeployment'],
  ];

  it.each(crashPoints)(
    'makes one resource although the portal is killed between %s being made and being noted',
    async (step, side, method) => {
      const name = `killed-at-${step}`;
      const connection = createKnex({
        ...knex.client.config,
        acquireConnectionTimeout: 5_000,
      });
      let made = () => {};
      const isMade = new Promise<void>(resolve => (made = resolve));
      let bury = () => {};
      const isBuried = new Promise<void>(resolve => (bury = resolve));
      const source = forks.sources[side];
      const doomed = await TestForks.start(cloud, connection, {
        sources: {
          [side]: new Proxy(source, {
            get(target, property) {
              const original = Reflect.get(target, property);
              if (typeof original !== 'function') return original;
              if (property !== method) return original.bind(target);
              return async (...call: unknown[]) => {
                await original.apply(target, call);
                made();
                return isBuried;
              };
            },
          }),
        },
      });
      const { id } = await doomed.provision({ name });
      await isMade;
      await connection.destroy();
      // Its lease runs out.
      await knex('provisionings')
        .where({ id })
        .update({ due_at: new Date(0) });

      const done = await forks.waitFor(id, 'succeeded', 'failed');
      const stopped = doomed.stop();
      bury();
      await stopped;

      expect(done.state).toBe('succeeded');
      expect(done.steps.find(row => row.id === step)?.attempts).toBe(2);
      expect(await countResources(name)).toEqual(one);
    },
  );

  it.each([
    ['github', 'POST', '/orgs/acme/repos'],
    ['vercel', 'POST', '/v11/projects'],
    ['vercel', 'POST', '/v1/storage/stores/integration/direct'],
    ['vercel', 'POST', '/v13/deployments'],
    ['vercel', 'POST', '/v10/projects/*/env'],
  ] as const)(
    'makes one resource although the reply of %s to %s %s is lost',
    async (side, method, path) => {
      const name = `lost-${path
        .replace(/[^a-z0-9]+/g, '-')
        .slice(1, 30)
        .replace(/-$/, '')}`;
      await forks.fault(side, { method, path, drop: 'reply', times: 1 });
      const { id } = await forks.provision({
        name,
        environmentVariables: [{ key: 'COLOR', value: 'green' }],
      });
      const done = await forks.waitFor(id, 'succeeded', 'failed');
      expect(done.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(await countResources(name)).toEqual(one);
    },
  );

  const refusals: Array<
    [string, object, { message: string; retryable: boolean }]
  > = [
    [
      'never',
      { latencyMilliseconds: 600_000, status: 500 },
      { message: 'no answer within 1 s', retryable: true },
    ],
    ['401', { status: 401 }, { message: 'Check', retryable: true }],
    ['403', { status: 403 }, { message: 'Check', retryable: true }],
    ['404', { status: 404 }, { message: 'has nothing to', retryable: true }],
    ['409', { status: 409 }, { message: 'could not', retryable: false }],
    ['422', { status: 422 }, { message: 'did not accept', retryable: false }],
    [
      '429',
      { status: 429, headers: { 'retry-after': '60' } },
      { message: 'Try again in 60 s', retryable: true },
    ],
    ['500', { status: 500 }, { message: '(500)', retryable: true }],
    [
      'garbage',
      { status: 502, body: '<html>Bad gateway</html>' },
      { message: '(502)', retryable: true },
    ],
    ['nothing', { drop: 'request' }, { message: 'did not', retryable: true }],
  ];

  it.each([
    {
      system: 'github',
      path: '/orgs/acme/repos',
      step: 0,
      through: 'repository',
    },
    {
      system: 'vercel',
      path: '/v11/projects',
      step: 1,
      through: 'project',
    },
  ] as const)(
    'tells what to do whatever $system answers, loses nothing, and resumes',
    async ({ system, path, step, through }) => {
      const name = `told-${system}`;
      let id: string | undefined;
      if (step > 0) {
        const before = await startOther();
        ({ id } = await before.provision({ name }, { through: 'repository' }));
        await before.waitFor(id, 'waiting');
        await before.services.executor.stop();
      }
      // The first refusal is that there is no answer.
      let portal = await startOther({ timeoutMs: 1_000 });
      for (const [attempt, [kind, fault, error]] of refusals.entries()) {
        await forks.fault(system, { path, ...fault });
        if (attempt > 0) await resume(id!);
        else if (id) {
          await portal.services.provisionings.advanceProvisioning(
            { id, through },
            { credentials },
          );
        } else ({ id } = await portal.provision({ name }, { through }));
        const { steps } = await portal.waitUntil(
          id!,
          held =>
            held.state === 'failed' &&
            held.steps[step].attempts === attempt + 1,
        );
        expect({ kind, ...steps[step].error }).toMatchObject({
          kind,
          retryable: error.retryable,
          message: expect.stringContaining(error.message),
          action: expect.stringMatching(/[Rr]esume|[Uu]nwind/),
        });
        await forks.clearFaults();
        if (portal !== forks) await portal.services.executor.stop();
        portal = forks;
      }
      await resume(id!);
      const resumed = await forks.waitUntil(
        id!,
        ({ steps }) => steps[step].state === 'succeeded',
      );
      expect(resumed.steps.slice(0, step + 1)).toMatchObject([
        ...Array(step).fill({ attempts: 1 }),
        { attempts: refusals.length + 1 },
      ]);
    },
  );

  it('tries again by itself what may pass within seconds', async () => {
    const patient = await startOther({
      tempo: { retryDelaysSeconds: [0.05, 0.05], leaseSeconds: 60 },
    });
    await patient.fault('vercel', {
      path: '/v11/projects',
      status: 503,
      times: 2,
    });
    const { id } = await patient.provision(
      { name: 'patient' },
      { through: 'project' },
    );
    const waiting = await patient.waitFor(id, 'waiting', 'failed');
    expect(waiting.steps[1]).toMatchObject({ state: 'succeeded', attempts: 3 });
    expect(await patient.log(id)).toContain('Trying again in 0.05 s');
  });

  it('takes no repository and no project of somebody else', async () => {
    const { repositories, projects } = forks.sources;
    const racing = await startOther({
      sources: {
        repositories: new Proxy(repositories, {
          get(target, property) {
            if (property === 'createRepository') {
              return async () => {
                await repositories.createRepository({
                  owner: 'acme',
                  repo: 'foreign',
                  description: 'Mine',
                });
                throw new ConflictError('Repository exists already');
              };
            }
            const value = Reflect.get(target, property);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }),
      },
    });
    const { id } = await racing.provision({ name: 'foreign' });
    const failed = await racing.waitFor(id, 'failed');
    expect(failed.steps[0].error).toMatchObject({
      message: expect.stringContaining('was not made for this fork'),
      retryable: false,
    });
    await racing.services.provisionings.unwindProvisioning(
      { id },
      { credentials },
    );
    await racing.waitFor(id, 'unwound');
    expect(
      await repositories.findRepository({ owner: 'acme', repo: 'foreign' }),
    ).toMatchObject({ description: 'Mine', topics: [], archived: false });

    const second = await forks.provision(
      { name: 'foreign-project' },
      { through: 'repository' },
    );
    await forks.waitFor(second.id, 'waiting');
    await projects.createProject({
      name: 'foreign-project',
      repository: 'acme/foreign-project',
      variables: [],
    });
    await forks.services.provisionings.advanceProvisioning(
      { id: second.id, through: 'project' },
      { credentials },
    );
    const refused = await forks.waitFor(second.id, 'failed', 'waiting');
    expect(refused.steps[1].error?.message).toContain(
      'was not made for this fork',
    );
    await forks.services.provisionings.unwindProvisioning(
      { id: second.id },
      { credentials },
    );
    await forks.waitFor(second.id, 'unwound');
    expect(
      await projects.findProject({ name: 'foreign-project' }),
    ).toBeDefined();
  });

  it('says that the disk is full, and loses nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'git-'));
    const git = join(folder, 'git');
    await writeFile(
      git,
      '#!/bin/sh\ncase "$1" in init) exit 0;; esac\necho "fatal: write error: No space left on device" >&2\nexit 128\n',
    );
    await chmod(git, 0o755);
    const full = await startOther({
      sources: {
        pusher: new GitRepositoryPusher({
          cacheDirectory: folder,
          git: new GitCommand(git),
        }),
      },
    });
    const { id } = await full.provision(
      { name: 'full' },
      { through: 'repository' },
    );
    const failed = await full.waitFor(id, 'failed');
    expect(failed.steps[0].error).toMatchObject({
      message: expect.stringContaining('The disk of the portal is full'),
      action: expect.stringContaining('free some space'),
      retryable: true,
    });
    await full.stop();
    await resume(id);
    const resumed = await forks.waitUntil(
      id,
      ({ steps }) => steps[0].state === 'succeeded',
    );
    expect(resumed.steps[0].attempts).toBe(2);
  });

  it('lets two portals share the work without doing any of it twice', async () => {
    const other = await startOther();
    const created = await Promise.all(
      ['shared-a', 'shared-b', 'shared-c'].map(name =>
        forks.provision({ name }, { through: 'stores' }),
      ),
    );
    for (const { id } of created) {
      const [done] = await Promise.all([
        forks.waitFor(id, 'waiting', 'failed'),
        other.waitFor(id, 'waiting', 'failed'),
      ]);
      expect(done.steps.map(({ attempts }) => attempts)).toEqual([
        1, 1, 1, 1, 0, 0, 0, 0,
      ]);
    }
  });

  it('goes on at once at another portal when one stops in good order', async () => {
    let reached = () => {};
    const isReached = new Promise<void>(resolve => (reached = resolve));
    const leaving = await startOther({
      tempo: { retryDelaysSeconds: [], leaseSeconds: 600 },
      sources: {
        pusher: {
          pushFork: async ({ signal }) => {
            reached();
            return new Promise((_resolve, reject) =>
              signal?.addEventListener('abort', () => reject(signal.reason)),
            );
          },
        },
      },
    });
    const { id } = await leaving.provision(
      { name: 'handover' },
      { through: 'repository' },
    );
    await isReached;
    await leaving.services.executor.stop();

    const waiting = await forks.waitFor(id, 'waiting', 'failed');
    expect(waiting.steps[0]).toMatchObject({ state: 'succeeded', attempts: 2 });
  });

  it('stops what it does when it is asked to unwind', async () => {
    let reached = () => {};
    const isReached = new Promise<void>(resolve => (reached = resolve));
    const { projects, deployments } = forks.sources;
    const waiting = await startOther({
      // It hears of what else was asked for when it extends its lease.
      tempo: { retryDelaysSeconds: [], leaseSeconds: 6 },
      sources: {
        deployments: new Proxy(deployments, {
          get(target, property) {
            if (property === 'getDeployment') {
              return async (request: { id: string }) => {
                reached();
                const found = await target.getDeployment(request);
                return { ...found, state: 'building' };
              };
            }
            const value = Reflect.get(target, property);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }),
      },
    });
    const { id } = await waiting.provision({ name: 'canceled' });
    await isReached;
    await waiting.services.provisionings.unwindProvisioning(
      { id },
      { credentials },
    );
    await waiting.waitFor(id, 'unwound');
    expect(await projects.findProject({ name: 'canceled' })).toBeUndefined();
  });

  it('stays undone as far as it came when undoing fails, and goes on when asked again', async () => {
    const { id } = await forks.provision(
      { name: 'stuck' },
      { through: 'project' },
    );
    await forks.waitFor(id, 'waiting');
    await forks.fault('vercel', { method: 'DELETE', status: 403 });
    const unwind = () =>
      forks.services.provisionings.unwindProvisioning({ id }, { credentials });
    await unwind();
    const deadline = Date.now() + 80_000;
    let stuck = await unwind();
    while (!stuck.steps[1].error && Date.now() < deadline) {
      await forks.services.executor.startDue();
      stuck = await forks.services.provisionings.getProvisioning(
        { id },
        { credentials },
      );
    }
    expect(stuck).toMatchObject({ state: 'unwinding' });
    expect(stuck.steps[1].error?.action).toContain('unwind again');
    expect(stuck.steps[0].state).toBe('succeeded');

    await forks.clearFaults();
    await unwind();
    const unwound = await forks.waitFor(id, 'unwound');
    expect(unwound.steps[0].state).toBe('undone');
  });
});
