import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { ProbeAnswer } from '@forkyard/backend-kit';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import type {
  RunbookRun,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type { Knex } from 'knex';
import { createTestStores } from '../__testUtils__/createTestStores';
import { TestDeployments } from '../__testUtils__/TestDeployments';
import { DefaultRunService } from './DefaultRunService';
import { DeploymentStepPerformer } from './DeploymentStepPerformer';
import { DeploymentWatcher } from './DeploymentWatcher';
import { RunExecutor } from './RunExecutor';
import type { RunbookService } from './RunbookService';
import { StepRunner } from './StepRunner';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const ENTITY_REF = 'component:default/shop';
const CALLER = { credentials: mockCredentials.user('user:default/ana') };

const ROLLBACK: RunbookStepSpec = {
  type: 'rollback',
  environment: 'production',
  timeoutSeconds: 60,
};
const REDEPLOY: RunbookStepSpec = { ...ROLLBACK, type: 'redeploy' };
const CHECK: RunbookStepSpec = {
  type: 'http-check',
  environment: 'production',
  path: '/healthz',
  expectStatus: 200,
  expectBodyIncludes: 'ok',
  timeoutSeconds: 10,
};
const ASK: RunbookStepSpec = {
  type: 'ask',
  question: 'Go on?',
  options: ['Yes', 'No'],
  endOn: ['No'],
};
const wait = (
  condition: 'alert-resolved' | 'deployment-live' | 'http-ok',
): RunbookStepSpec => ({
  type: 'wait-for',
  condition,
  environment: 'production',
  path: '/',
  timeoutSeconds: 30,
});

function answered(status: number, body = ''): ProbeAnswer {
  const url = new URL('https://shop.example/healthz');
  return {
    kind: 'answered',
    url,
    status,
    headers: {},
    body,
    durationMilliseconds: 5,
  };
}

function silent(reason: string): ProbeAnswer {
  return { kind: 'silent', reason };
}

/** One replica of the portal: nothing but the database is shared. */
async function createReplica(knex: Knex, deployments: TestDeployments) {
  const stores = await createTestStores(knex);
  const answers: ProbeAnswer[] = [];
  const shared = {
    ...stores,
    deployments: deployments.service(),
    auth: mockServices.auth(),
    signals: { publish: async () => {} },
    logger: mockServices.logger.mock(),
    probe: {
      get: async () => answers.shift() ?? silent('nobody is there'),
    },
  };
  const executor = new RunExecutor({
    ...shared,
    runner: new StepRunner({
      ...shared,
      watcher: new DeploymentWatcher(shared),
    }),
  });
  // Only the test says when work is done.
  const nudge = jest.spyOn(executor, 'nudge').mockReturnValue();
  const service = new DefaultRunService({
    ...shared,
    executor,
    runbooks: {} as RunbookService,
    performer: new DeploymentStepPerformer(shared),
  });
  return { ...stores, knex, executor, service, answers, deployments, nudge };
}

async function create(...specs: RunbookStepSpec[]) {
  const deployments = new TestDeployments(ENTITY_REF);
  deployments.url = 'https://shop.example';
  deployments.add('good');
  deployments.add('bad');
  const knex = await databases.init('POSTGRES_18');
  const replica = await createReplica(knex, deployments);
  const { id } = await replica.runs.insert({
    entityRef: ENTITY_REF,
    runbookPath: 'runbooks/it.md',
    runbookTitle: 'It',
    runbookHash: 'h',
    startedBy: 'user:default/ana',
    fromStep: 0,
    steps: specs.map(spec => ({ title: spec.type, spec })),
  });
  return { ...replica, id };
}

type Created = Awaited<ReturnType<typeof create>>;

/** Lets time pass for everything in the database, a lease included. */
async function pass({ knex }: { knex: Knex }, seconds: number) {
  const ago = `interval '${seconds} seconds'`;
  await knex('runbook_runs').update({
    due_at: knex.raw(`due_at - ${ago}`),
  });
  await knex('runbook_run_steps').update({
    started_at: knex.raw(`started_at - ${ago}`),
  });
}

async function work(replica: Created, seconds = 0): Promise<RunbookRun> {
  await pass(replica, seconds);
  await replica.executor.runDue();
  return replica.service.getRun({ id: replica.id });
}

const press = ({ service, id }: Created, stepIndex = 0, answer?: string) =>
  service.continueRun({ id, stepIndex, answer }, CALLER);

const states = (run: RunbookRun) => [
  run.state,
  ...run.steps.map(({ state }) => state),
];

describe('runs', () => {
  it('does what a person presses with their rights, and verifies it', async () => {
    const replica = await create(ROLLBACK, wait('deployment-live'));
    const { deployments } = replica;
    expect(states(await work(replica))).toEqual([
      'waiting',
      'waiting',
      'pending',
    ]);
    deployments.movesTraffic = false;
    await press(replica);
    expect(deployments.calls).toEqual([
      'rollback vercel:good user:default/ana',
    ]);
    let run = await work(replica, 5);
    expect(states(run)).toEqual(['running', 'running', 'pending']);
    expect(run.steps[0].output.message).toBe('bbbbbbb "Make it bad" is live');
    deployments.live = 'vercel:good';
    run = await work(replica, 5);
    expect(states(run)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(run.steps[0]).toMatchObject({
      by: 'user:default/ana',
      output: {
        previousDeploymentId: 'vercel:bad',
        deploymentId: 'vercel:good',
      },
    });
    expect(run.endedAt).toBeDefined();
  });

  it('fails a step whose effect does not come in time, and the run with it', async () => {
    const replica = await create(ROLLBACK, CHECK);
    await work(replica);
    replica.deployments.movesTraffic = false;
    await press(replica);
    const run = await work(replica, 200);
    expect(states(run)).toEqual(['failed', 'failed', 'canceled']);
    expect(run.steps[0].error).toContain('bbbbbbb "Make it bad" is live');
  });

  it('shows what a step would do, and refuses when that is no longer so', async () => {
    const replica = await create(ROLLBACK);
    const { deployments, knex, runs } = replica;
    const other = {
      ...replica,
      id: (
        await runs.insert({
          entityRef: ENTITY_REF,
          runbookPath: 'runbooks/it.md',
          runbookTitle: 'It',
          runbookHash: 'h',
          startedBy: 'user:default/bob',
          fromStep: 0,
          steps: [{ title: 'rollback', spec: ROLLBACK }],
        })
      ).id,
    };
    deployments.add('worse');
    await work(replica);
    const offered = await work(other);
    expect(offered.steps[0].output).toEqual({
      previousDeploymentId: 'vercel:worse',
      deploymentId: 'vercel:bad',
      message:
        'Goes back from wwwwwww "Make it worse" to bbbbbbb "Make it bad"',
      versions: [
        {
          deploymentId: 'vercel:worse',
          environment: 'production',
          name: 'wwwwwww "Make it worse"',
        },
        {
          deploymentId: 'vercel:bad',
          environment: 'production',
          name: 'bbbbbbb "Make it bad"',
        },
      ],
    });
    // One goes back, and somebody else goes on from there.
    await press(replica);
    expect((await work(replica)).state).toBe('succeeded');
    deployments.live = 'vercel:good';
    await expect(press(other)).rejects.toThrow(
      'ggggggg "Make it good" is live instead of wwwwwww "Make it worse"',
    );
    expect((await other.service.getRun(other)).state).toBe('waiting');
    // What the other would have done is done already.
    deployments.live = 'vercel:bad';
    await press(other);
    expect((await work(other)).state).toBe('succeeded');
    expect(
      deployments.calls.filter(call => call.startsWith('rollback')),
    ).toEqual(['rollback vercel:bad user:default/ana']);
    expect(await knex('runbook_runs').whereNotNull('due_at')).toEqual([]);
  });

  it('does a step once when two press it', async () => {
    const replica = await create(ROLLBACK);
    await work(replica);
    const results = await Promise.allSettled([
      press(replica),
      press(replica),
      press(replica),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(replica.deployments.calls).toHaveLength(1);
  });

  it.each([
    ['after it took effect', 'after', 'succeeded'],
    ['before it took effect', 'before', 'waiting'],
  ] as const)(
    'looks what is live when the answer to a rollback is lost %s',
    async (_, when, state) => {
      const replica = await create(ROLLBACK);
      const { deployments } = replica;
      await work(replica);
      deployments.fault = { when, error: new ServiceUnavailableError('gone') };
      expect((await press(replica)).state).toBe('running');
      await work(replica);
      const run = await work(replica, 70);
      expect(run.state).toBe(state);
      expect(
        deployments.calls.filter(call => call.startsWith('rollback')),
      ).toHaveLength(1);
      expect(deployments.calls).toContain('reconcile');
      await Promise.allSettled([press(replica)]);
      expect((await work(replica)).state).toBe('succeeded');
    },
  );

  it('goes on after a restart in the middle of a rollback, without doing it again', async () => {
    const replica = await create(ROLLBACK, CHECK);
    const { knex, deployments, runs, id } = replica;
    await work(replica);
    // The process dies after the provider took the call, before the answer.
    const save = jest.spyOn(runs, 'save');
    save.mockImplementationOnce(change =>
      Object.getPrototypeOf(runs).save.call(runs, change),
    );
    save.mockRejectedValue(new Error('the process died'));
    await expect(press(replica)).rejects.toThrow('died');
    expect(deployments.calls).toHaveLength(1);

    const other = { ...(await createReplica(knex, deployments)), id };
    other.answers.push(answered(200, 'ok'));
    expect(states(await work(other))).toEqual([
      'running',
      'running',
      'pending',
    ]);
    const run = await work(other, 130);
    expect(states(run)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(
      deployments.calls.filter(call => call.startsWith('rollback')),
    ).toHaveLength(1);
  });

  it.each([
    ['rollback', ROLLBACK],
    ['redeploy', REDEPLOY],
  ])(
    'waits for somebody again after a restart before a %s was done',
    async (_, spec) => {
      const replica = await create(spec);
      await work(replica);
      const { runs, id, deployments } = replica;
      await runs.claimWaiting({
        id,
        stepIndex: 0,
        by: 'user:default/ana',
        leaseSeconds: 120,
      });
      expect((await work(replica)).state).toBe('running');
      expect((await work(replica, 130)).state).toBe('waiting');
      expect(deployments.calls.filter(call => call !== 'reconcile')).toEqual(
        [],
      );
    },
  );

  it('finds the deployment of a redeploy whose answer was lost', async () => {
    const replica = await create(REDEPLOY);
    const { deployments } = replica;
    await work(replica);
    deployments.fault = { when: 'after', error: new Error('socket hang up') };
    await press(replica);
    const run = await work(replica);
    expect(run.state).toBe('succeeded');
    expect(run.steps[0].output.deploymentId).toBe('vercel:bad-again');
    expect(
      deployments.calls.filter(call => call.startsWith('redeploy')),
    ).toEqual(['redeploy vercel:bad']);
  });

  it('fails a redeploy whose build fails', async () => {
    const replica = await create(REDEPLOY);
    await work(replica);
    await press(replica);
    Object.assign(replica.deployments.deployments.at(-1)!, {
      state: 'failed',
      errorMessage: 'npm ci failed',
    });
    const run = await work(replica);
    expect(run.steps[0].error).toContain('npm ci failed');
  });

  it('leaves a step waiting that was refused, and says why', async () => {
    const replica = await create(ROLLBACK);
    replica.deployments.deployments.shift();
    await work(replica);
    await expect(press(replica)).rejects.toThrow('nothing to go back to');
    const run = await replica.service.getRun({ id: replica.id });
    expect(run.state).toBe('waiting');
    expect(run.timeline.at(-1)).toMatchObject({
      kind: 'step-failed',
      who: 'user:default/ana',
    });
    expect(replica.deployments.calls).toEqual([]);
  });

  it.each([
    [answered(200, 'all ok'), 'succeeded'],
    [answered(200, 'down'), 'failed'],
    [answered(503, 'ok'), 'failed'],
    [silent('connect ECONNREFUSED'), 'failed'],
  ])('checks an answer such as %j', async (answer, state) => {
    const replica = await create(CHECK);
    replica.answers.push(answer);
    const run = await work(replica);
    expect(run.state).toBe(state);
    expect(run.steps[0].output.url).toBe('https://shop.example/healthz');
    expect(!!run.steps[0].error).toBe(state === 'failed');
  });

  it('waits for the application, again and again, until it answers', async () => {
    const replica = await create(wait('http-ok'));
    replica.answers.push(answered(503), silent('reset'), answered(204));
    expect((await work(replica)).steps[0].output.message).toContain('503');
    expect((await work(replica, 3)).steps[0].output.message).toContain('reset');
    expect((await work(replica, 3)).state).toBe('succeeded');
  });

  it('gives up waiting when the time is over', async () => {
    const replica = await create(wait('http-ok'));
    await work(replica);
    const run = await work(replica, 31);
    expect(run.steps[0].error).toContain('nobody is there');
  });

  it('goes on where the answer leads', async () => {
    const replica = await create(ASK, ROLLBACK);
    await work(replica);
    await expect(press(replica, 0, 'Perhaps')).rejects.toThrow('Yes, No');
    await expect(press(replica, 1)).rejects.toThrow('does not wait');
    await expect(press(replica, 7)).rejects.toThrow('no step 8');
    await press(replica, 0, 'Yes');
    expect(states(await work(replica))).toEqual([
      'waiting',
      'succeeded',
      'waiting',
    ]);
    const ended = await create(ASK, ROLLBACK);
    await work(ended);
    expect(states(await press(ended, 0, 'No'))).toEqual([
      'succeeded',
      'succeeded',
      'canceled',
    ]);
  });

  it('says that an answer was not kept when the run was canceled meanwhile', async () => {
    const replica = await create(ASK, ROLLBACK);
    await work(replica);
    const { runs, id } = replica;
    const claim = runs.claimWaiting.bind(runs);
    jest.spyOn(runs, 'claimWaiting').mockImplementation(async options => {
      const claimed = await claim(options);
      await runs.cancel(id, 'user:default/bob');
      return claimed;
    });
    await expect(press(replica, 0, 'Yes')).rejects.toThrow('was not kept');
  });

  it('starts no sixth run while five of an entity have not ended, and names them', async () => {
    const { runs, service, id } = await create(ASK);
    const insert = (path: string, entityRef = ENTITY_REF) =>
      runs.insert({
        entityRef,
        runbookPath: path,
        runbookTitle: 'It',
        runbookHash: 'h',
        startedBy: 'user:default/bob',
        fromStep: 0,
        steps: [{ title: 'ask', spec: ASK }],
      });
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e', 'f'].map(name => insert(`runbooks/${name}.md`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(
      4,
    );
    await expect(insert('runbooks/g.md')).rejects.toThrow(
      /5 runs that have not ended: 'runbooks\/it\.md' of user:default\/ana since .*cancel one/,
    );
    await insert('runbooks/g.md', 'component:default/other');
    await service.cancelRun({ id }, CALLER);
    await insert('runbooks/g.md');
  });

  it('shares its workers among all who nudge, and misses nothing that became due', async () => {
    const { executor, runs, id } = await create(ASK);
    const claim = runs.claimDue.bind(runs);
    let isOpen = false;
    let open = () => {};
    const opened = new Promise<void>(resolve => {
      open = () => {
        isOpen = true;
        resolve();
      };
    });
    let atOnce = 0;
    let most = 0;
    const claimDue = jest
      .spyOn(runs, 'claimDue')
      .mockImplementation(async options => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        // Until then they find nothing.
        const claimed = isOpen ? await claim(options) : undefined;
        await opened;
        atOnce -= 1;
        return claimed;
      });
    const all = [1, 2, 3].map(() => executor.runDue());
    open();
    await Promise.all(all);
    expect(most).toBe(4);
    await executor.runDue();
    expect(claimDue.mock.calls.length).toBeGreaterThan(4);
    expect((await runs.find(id))?.state).toBe('waiting');
  });

  it('does nothing more once a run is canceled', async () => {
    const replica = await create(wait('http-ok'), ROLLBACK);
    const { service, id, runs, deployments } = replica;
    const claimed = await runs.claimDue({ leaseSeconds: 60 });
    const run = await service.cancelRun({ id }, CALLER);
    expect(states(run)).toEqual(['canceled', 'canceled', 'canceled']);
    expect(
      await runs.save({
        id,
        leaseId: claimed!.leaseId,
        state: 'running',
        timeline: [{ who: 'x', kind: 'run-ended', text: 'late' }],
      }),
    ).toBe(false);
    expect((await work(replica, 600)).state).toBe('canceled');
    await expect(service.cancelRun({ id }, CALLER)).rejects.toThrow(
      'was canceled',
    );
    await expect(press(replica, 1)).rejects.toThrow('canceled');
    expect(deployments.calls).toEqual([]);
  });

  it('gives a due run to one replica only, and to another when the first is gone', async () => {
    const { runs, knex } = await create(CHECK);
    const claims = await Promise.all(
      [1, 2, 3].map(() => runs.claimDue({ leaseSeconds: 60 })),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    const stale = claims.find(Boolean)!;
    await pass({ knex }, 61);
    const next = await runs.claimDue({ leaseSeconds: 60 });
    expect(next?.id).toBe(stale.id);
    const change = { id: stale.id, state: 'failed' as const };
    expect(await runs.save({ ...change, leaseId: stale.leaseId })).toBe(false);
    expect((await runs.find(stale.id))?.state).toBe('running');
    expect(await runs.save({ ...change, leaseId: next!.leaseId })).toBe(true);
  });
});
