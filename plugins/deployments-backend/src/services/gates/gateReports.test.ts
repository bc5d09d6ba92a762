import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type {
  DeploymentCheck,
  DeploymentChecks,
} from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import { DatabaseGateReportsStore } from '../../database/gates/DatabaseGateReportsStore';
import {
  createRolloutWith,
  startTestGates,
} from './__testUtils__/startTestGates';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

/** A platform that shows checks. */
class MemoryChecks implements DeploymentChecks {
  readonly told: { externalId: string; checks: DeploymentCheck[] }[] = [];
  failure?: Error;
  takesChecks = true;
  /** Happens while the next report is on its way. */
  meanwhile?: () => Promise<void>;

  async reportChecks(
    _project: unknown,
    request: { externalId: string; checks: DeploymentCheck[] },
  ): Promise<boolean> {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    if (this.failure) throw this.failure;
    this.told.push(request);
    return this.takesChecks;
  }

  /** Of each report the states of its checks. */
  get states(): string[] {
    return this.told.map(({ checks }) =>
      checks.map(({ name, state }) => `${name} ${state}`).join(', '),
    );
  }
}

describe('reports of gates to the platform', () => {
  let knex: Knex;
  let checks: MemoryChecks;
  let gates: Awaited<ReturnType<typeof startTestGates>>;

  beforeAll(async () => {
    knex = await databases.init('POSTGRES_18');
  });

  beforeEach(async () => {
    checks = new MemoryChecks();
    gates = await startTestGates({ knex, checks });
  });

  afterEach(async () => {
    for (const table of ['gate_results', 'gate_reports', 'rollout_approvals']) {
      await knex(table).delete();
    }
  });

  const rolloutOf = (change: Partial<Rollout> = {}) =>
    createRolloutWith({ checks: ['smoke-test'], approval: true }, change);

  /** Has everything that is not settled looked after now. */
  async function lookAfter() {
    await knex('gate_reports').update({ due_at: new Date(0) });
    await gates.conclusions.settleDue();
  }

  const countOpen = async () =>
    (await knex('gate_reports').whereNull('settled_at')).length;

  it('tell what is true of a version before its traffic, when it changed', async () => {
    const rollout = rolloutOf();
    await gates.evaluate(rollout);
    await gates.evaluate(rollout);
    expect(checks.told).toEqual([
      {
        externalId: 'two',
        checks: expect.arrayContaining([
          {
            externalId: 'rollout-1:approval',
            name: 'forkyard/approval',
            state: 'running',
            summary:
              'A second person is asked when the other gates have passed.',
            detailsUrl:
              'http://portal.test/catalog/default/component/shop/deployments?rollout=rollout-1',
          },
        ]),
      },
    ]);
    expect(checks.told[0].checks.map(({ name }) => name).sort()).toEqual([
      'forkyard/approval',
      'forkyard/smoke-test',
    ]);
    // What has traffic leaves nothing open there.
    gates.rollouts.set('rollout-1', {
      ...rollout,
      progress: { trafficSince: new Date().toISOString() },
    } as Rollout);
    const smoke = knex('gate_results').where({ gate: 'smoke-test' });
    await smoke.update({ state: 'passed' });
    checks.failure = new Error('down');
    await lookAfter();
    checks.failure = undefined;
    await lookAfter();
    expect(checks.states.at(-1)?.split(', ').sort()).toEqual([
      'forkyard/approval skipped',
      'forkyard/smoke-test passed',
    ]);
    // A stage holds what serves already: that is no check of the version.
    await knex('gate_results').update({ state: 'failed' });
    await lookAfter();
    expect(checks.told).toHaveLength(2);
    expect(await countOpen()).toBe(1);
  });

  it('leave nothing open when a gate answers, or is told of, after the rollout ended', async () => {
    const end = async (rollout: Rollout) => {
      const endedAt = new Date().toISOString();
      gates.rollouts.set(rollout.id, { ...rollout, state: 'aborted', endedAt });
      await lookAfter();
      expect(await countOpen()).toBe(0);
    };
    const told = rolloutOf();
    // The platform hears of the end first, and of the gates after it.
    checks.meanwhile = () => end(told);
    await gates.evaluate(told);
    expect(checks.states.at(-1)).toContain('running');
    await gates.conclusions.settleDue();
    expect(checks.states.at(-1)?.split(', ').sort()).toEqual([
      'forkyard/approval failed',
      'forkyard/smoke-test failed',
    ]);
    expect(await countOpen()).toBe(0);

    const slow = createRolloutWith({ approval: true }, { id: 'slow' });
    const slo = {
      listSlos: async () => {
        await end(slow);
        return { entityRef: slow.entityRef, items: [], fileProblems: [] };
      },
    };
    gates = await startTestGates({ knex, checks, slo });
    await gates.evaluate(slow);
    expect(
      await knex('rollout_approvals').where({ rollout_id: 'slow' }),
    ).toEqual([]);
    expect(gates.sent).toEqual([]);
    await gates.conclusions.settleDue();
    expect(
      await knex('gate_results').where({ state: 'waiting' }).pluck('gate'),
    ).toEqual([]);
    expect(await countOpen()).toBe(0);
  });

  it('are not settled by who looked before something came to them', async () => {
    const store = new DatabaseGateReportsStore(knex);
    const { version } = await store.begin('rollout-1');
    await store.reopen('rollout-1');
    await store.settle('rollout-1', version);
    expect(await countOpen()).toBe(1);
    await store.settle('rollout-1', (await store.begin('rollout-1')).version);
    expect(await countOpen()).toBe(0);
  });

  it('are repeated until the platform took them, and go on when it takes none', async () => {
    checks.failure = new Error('down');
    const rollout = rolloutOf();
    await gates.evaluate(rollout);
    expect(gates.logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('down'),
    );
    checks.failure = undefined;
    checks.takesChecks = false;
    // Also after the tick that asked the gates for the last time.
    gates.rollouts.set(rollout.id, { ...rollout, state: 'switching' });
    await lookAfter();
    expect(checks.told).toHaveLength(1);
    await lookAfter();
    await gates.evaluate(rollout);
    expect(checks.told).toHaveLength(1);
  });

  it.each([
    ['aborted', 'failed'],
    ['promoted', 'skipped'],
  ] as const)(
    'leave nothing running when a rollout was %s and nobody heard of it',
    async (state, expected) => {
      const rollout = rolloutOf();
      await gates.evaluate(rollout);
      gates.rollouts.set(rollout.id, {
        ...rollout,
        state,
        endedAt: new Date().toISOString(),
      });
      checks.failure = new Error('down');
      await lookAfter();
      expect(await countOpen()).toBe(1);
      checks.failure = undefined;
      await lookAfter();
      expect(checks.states.at(-1)?.split(', ').sort()).toEqual([
        `forkyard/approval ${expected}`,
        `forkyard/smoke-test ${expected}`,
      ]);
      expect(await countOpen()).toBe(0);
      await lookAfter();
      expect(checks.told).toHaveLength(2);
    },
  );

  it('leave the word to a later rollout of the deployment, and give up after three days', async () => {
    const first = rolloutOf({ id: 'first' });
    await gates.evaluate(first);
    const daysAgo = (days: number) =>
      new Date(Date.now() - days * 86_400_000).toISOString();
    const ended = { ...first, state: 'aborted' as const, endedAt: daysAgo(4) };
    gates.rollouts.set('first', ended);
    gates.rollouts.set('second', rolloutOf({ id: 'second' }));
    await lookAfter();
    expect(checks.told).toHaveLength(1);
    expect(await countOpen()).toBe(0);

    await knex('gate_reports').update({ settled_at: null, checks: null });
    gates.rollouts.delete('second');
    checks.failure = new Error('down');
    await lookAfter();
    expect(gates.logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('is not tried again'),
    );
    expect(await countOpen()).toBe(0);
    // Nor is a rollout looked after that nobody knows.
    await knex('gate_reports').insert({ rollout_id: 'nobody' });
    await lookAfter();
    expect(await countOpen()).toBe(0);
  });
});
