import { setTimeout as delay } from 'node:timers/promises';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  forkRequestSchema,
  provisioningSteps,
} from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import { migrate } from '../__testUtils__/TestForks';
import { DatabaseForkStore } from '../database/DatabaseForkStore';
import { DatabaseLedgerStore } from '../database/DatabaseLedgerStore';
import { DatabaseProvisioningLogStore } from '../database/DatabaseProvisioningLogStore';
import { DatabaseProvisioningStore } from '../database/DatabaseProvisioningStore';
import type { Step } from '../steps/Step';
import { ProvisioningExecutor } from './ProvisioningExecutor';
import type { SecretService } from './SecretService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('ProvisioningExecutor', () => {
  let knex: Knex;
  let ledger: DatabaseLedgerStore;
  let provisionings: DatabaseProvisioningStore;
  let executors: ProvisioningExecutor[];
  const logger = mockServices.logger.mock();
  const announcer = {
    announceProgress: jest.fn(),
    announceStatus: jest.fn(),
    announceFork: jest.fn(),
    notifyCreator: jest.fn(),
  };

  beforeEach(async () => {
    jest.clearAllMocks();
    knex = await databases.init('POSTGRES_18');
    await migrate(knex);
    ledger = new DatabaseLedgerStore(knex);
    provisionings = new DatabaseProvisioningStore(knex);
    executors = [];
    await provisionings.insertProvisioning({
      id: 'p-1',
      request: forkRequestSchema.parse({
        name: 'shop',
        title: 'Shop',
        owner: 'group:default/platform',
        baseApplication: 'acme/base-app',
      }),
      requestHash: 'hash',
      base: { repository: 'acme/base-app', sha: 'a'.repeat(40) },
      entityRef: 'component:default/shop',
      through: 'registration',
      createdBy: 'user:default/ana',
    });
  });
  afterEach(async () => {
    for (const executor of executors) await executor.stop();
  });

  const start = (
    repository: Partial<Step>,
    more: { leaseSeconds?: number; tokens?: string[] } = {},
  ) => {
    const steps = provisioningSteps.map((id): Step => ({
      id,
      title: `Do ${id}`,
      timeLimitSeconds: 60,
      plan: () => ({ resources: [], undo: [] }),
      run: async () => ({}),
      undo: async () => {},
      ...(id === 'repository' ? repository : {}),
    }));
    const secrets: SecretService = {
      sealSecret: jest.fn(),
      listUnusableRefs: jest.fn(),
      openSecrets: async () => [],
      forgetSecrets: async () => {},
      deleteExpiredSecrets: jest.fn(),
    };
    const executor = new ProvisioningExecutor({
      ledger,
      forks: new DatabaseForkStore(knex),
      logLines: new DatabaseProvisioningLogStore(knex),
      steps,
      secrets,
      announcer,
      logger,
      retryDelaysSeconds: [],
      leaseSeconds: more.leaseSeconds ?? 60,
      getTokens: async () => more.tokens ?? [],
    });
    executors.push(executor);
    return executor;
  };

  const read = async () => {
    const found = await provisionings.findProvisioning({ id: 'p-1' });
    if (!found) throw new Error('gone');
    return found;
  };

  async function waitUntil(isReached: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 80_000;
    while (!(await isReached())) {
      if (Date.now() > deadline) throw new Error('Waited too long');
      await delay(10);
    }
  }

  const reachedState = (state: string) =>
    waitUntil(async () => (await read()).state === state);
  /** Its creator is told after the end is written. */
  const told = () =>
    waitUntil(async () => announcer.notifyCreator.mock.calls.length > 0);

  it('keeps the lease of a step that takes longer than the lease', async () => {
    let runs = 0;
    const slow = {
      run: async () => {
        runs++;
        await delay(3_500);
        return {};
      },
    };
    const lease = { leaseSeconds: 3 };
    const [first, second] = [start(slow, lease), start(slow, lease)];
    await first.startDue();
    await waitUntil(async () => {
      await second.startDue();
      return (await read()).state === 'succeeded';
    });
    expect(runs).toBe(1);
  });

  it('ends a step that hangs, and says how long it waited', async () => {
    await start({
      timeLimitSeconds: 0.05,
      run: () => new Promise(() => {}),
    }).startDue();
    await reachedState('failed');
    expect((await read()).steps[0].error).toEqual({
      message: "Step 'repository' was not done within 0.05 s",
      action: 'Resume to go on waiting, or unwind',
      retryable: true,
    });
    await told();
    expect(announcer.notifyCreator).toHaveBeenCalledTimes(1);
  });

  it('leaves no token in an error or a line of the log', async () => {
    await start(
      {
        run: async ({ log }) => {
          log('cloning with the-portal-token');
          throw new Error('refused the-portal-token');
        },
      },
      { tokens: ['the-portal-token'] },
    ).startDue();
    await reachedState('failed');
    await told();
    const kept = JSON.stringify([
      await read(),
      await knex('provisioning_log_lines'),
      await knex('forks'),
      announcer.notifyCreator.mock.calls,
    ]);
    expect(kept).toContain('refused ***');
    expect(kept).toContain('cloning with ***');
    expect(kept).not.toContain('the-portal-token');
  });

  it('writes nothing more once another worker holds the lease', async () => {
    let go = () => {};
    const isGone = new Promise<void>(resolve => (go = resolve));
    let reached = () => {};
    const isReached = new Promise<void>(resolve => (reached = resolve));
    await start({
      run: async () => {
        reached();
        await isGone;
        return { resources: [{ kind: 'repository', name: 'stale' }] };
      },
    }).startDue();
    await isReached;
    await knex('provisionings').update({ due_at: new Date(0) });
    await start({
      run: async () => ({ resources: [{ kind: 'repository', name: 'mine' }] }),
    }).startDue();
    await reachedState('succeeded');
    go();
    await waitUntil(async () => logger.warn.mock.calls.length > 0);
    expect(logger.warn.mock.calls[0][0]).toContain('another worker took over');
    expect((await read()).steps[0].resources).toEqual([
      { kind: 'repository', name: 'mine' },
    ]);
  });

  it('stops a step whose lease was lost while it works', async () => {
    let reason: unknown;
    let reached = () => {};
    const isReached = new Promise<void>(resolve => (reached = resolve));
    await start(
      {
        run: async ({ signal }) => {
          reached();
          await new Promise(resolve =>
            signal.addEventListener('abort', resolve),
          );
          reason = signal.reason;
          throw reason;
        },
      },
      { leaseSeconds: 3 },
    ).startDue();
    await isReached;
    await knex('provisionings').update({
      lease_id: '00000000-0000-4000-8000-000000000000',
    });
    await waitUntil(async () => reason !== undefined);
    expect(reason).toMatchObject({ name: 'LeaseLostError' });
    expect((await read()).steps[0].state).toBe('running');
  });

  it('goes on from what is written when the ledger could not be written', async () => {
    const completeStep = ledger.completeStep.bind(ledger);
    let failures = 1;
    ledger.completeStep = async (...call) => {
      if (failures-- > 0) throw new Error('disk full');
      return completeStep(...call);
    };
    let runs = 0;
    const executor = start({
      run: async () => {
        runs++;
        return {};
      },
    });
    await executor.startDue();
    await waitUntil(async () => logger.error.mock.calls.length > 0);
    await knex('provisionings').update({ due_at: new Date(0) });
    await executor.startDue();
    await reachedState('succeeded');
    expect(runs).toBe(2);
    expect(logger.error).toHaveBeenCalledWith(
      expect.stringContaining('will go on when its lease runs out'),
      expect.objectContaining({ message: 'disk full' }),
    );
  });

  it('tells nobody of a failure when something else was asked for meanwhile', async () => {
    await start({
      run: async () => {
        await provisionings.requestChange({
          id: 'p-1',
          from: ['running'],
          to: 'unwinding',
        });
        throw new Error('too late');
      },
    }).startDue();
    await reachedState('unwound');
    await told();
    expect(
      announcer.notifyCreator.mock.calls.map(([, { title }]) => title),
    ).toEqual(['Fork shop was undone']);
  });

  it('looks once at a time for what is due, whoever asks', async () => {
    const claimDue = ledger.claimDue.bind(ledger);
    let looking = 0;
    let most = 0;
    ledger.claimDue = async request => {
      most = Math.max(most, ++looking);
      return claimDue(request).finally(() => looking--);
    };
    const executor = start({});
    await Promise.all([executor.startDue(), executor.startDue()]);
    await reachedState('succeeded');
    expect(most).toBe(1);
  });

  it('gives back what it claimed while it was stopped', async () => {
    const claimDue = ledger.claimDue.bind(ledger);
    const executor = start({});
    let stopped: Promise<void> | undefined;
    ledger.claimDue = async request => {
      const claim = await claimDue(request);
      stopped = executor.stop();
      return claim;
    };
    await executor.startDue();
    await stopped;
    expect((await knex('provisionings'))[0].lease_id).toBeNull();
    expect((await read()).steps[0].state).toBe('pending');
  });

  it('works on although its log cannot be kept', async () => {
    const insert = DatabaseProvisioningLogStore.prototype.appendLines;
    DatabaseProvisioningLogStore.prototype.appendLines = async () => {
      throw new Error('no room');
    };
    try {
      await start({}).startDue();
      await reachedState('succeeded');
    } finally {
      DatabaseProvisioningLogStore.prototype.appendLines = insert;
    }
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('were lost: no room'),
    );
  });

  it('tells the scheduler when the database does not answer, and takes nothing once stopped', async () => {
    const executor = start({});
    await executor.stop();
    await executor.startDue();
    expect((await read()).steps[0].state).toBe('pending');

    const broken = start({});
    ledger.claimDue = async () => {
      throw new Error('connection refused');
    };
    await expect(broken.startDue()).rejects.toThrow('connection refused');
    broken.nudge();
    await waitUntil(async () => logger.warn.mock.calls.length > 0);
    expect(logger.warn.mock.calls[0][0]).toContain('could not be claimed');
  });
});
