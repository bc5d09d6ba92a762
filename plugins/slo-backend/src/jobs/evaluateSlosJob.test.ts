import { mockServices } from '@backstage/backend-test-utils';
import type { RollupCommit } from '../database/RollupStore';
import { scheduleEvaluateSlosJob } from './evaluateSlosJob';

async function setUp(evaluateProjects: (ids: string[]) => Promise<void>) {
  const listeners = new Set<(commit: RollupCommit) => void>();
  const lifecycle = mockServices.lifecycle.mock();
  const scheduler = mockServices.scheduler.mock();
  const evaluateDue = jest.fn(async () => {});
  await scheduleEvaluateSlosJob({
    scheduler,
    lifecycle,
    logger: mockServices.logger.mock(),
    evaluation: { evaluateDue, evaluateProjects },
    rollups: {
      onCommitted: listener => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    evaluationSeconds: 15,
  });
  return {
    listeners,
    scheduler,
    evaluateDue,
    shutDown: lifecycle.addShutdownHook.mock.calls[0][0],
    commit: (...projectIds: string[]) => {
      for (const listener of listeners) {
        listener({ projectIds, from: new Date(0), to: new Date(0) });
      }
    },
  };
}

describe('scheduleEvaluateSlosJob', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('evaluates what is due as often as is configured', async () => {
    const { scheduler, evaluateDue } = await setUp(async () => {});
    const [task] = scheduler.scheduleTask.mock.calls[0];
    expect(task.frequency).toEqual({ seconds: 15 });
    await task.fn(new AbortController().signal);
    expect(evaluateDue).toHaveBeenCalledTimes(1);
  });

  it('gathers commits, and evaluates their projects once', async () => {
    const evaluated: string[][] = [];
    const { commit } = await setUp(async ids => {
      evaluated.push(ids);
    });
    commit('prj_1');
    commit('prj_2', 'prj_1');
    expect(evaluated).toEqual([]);
    await jest.advanceTimersByTimeAsync(2000);
    expect(evaluated).toEqual([['prj_1', 'prj_2']]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(evaluated).toHaveLength(1);
  });

  it('evaluates again what is committed meanwhile, also after a failure', async () => {
    const evaluated: string[][] = [];
    const { commit } = await setUp(async ids => {
      evaluated.push(ids);
      if (evaluated.length === 1) commit('prj_2');
      throw new Error('The database is away');
    });
    commit('prj_1');
    await jest.advanceTimersByTimeAsync(2000);
    await jest.advanceTimersByTimeAsync(2000);
    expect(evaluated).toEqual([['prj_1'], ['prj_2']]);
  });

  it('stops with the backend', async () => {
    const evaluateProjects = jest.fn(async () => {});
    const { commit, listeners, shutDown } = await setUp(evaluateProjects);
    commit('prj_1');
    await shutDown();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(evaluateProjects).not.toHaveBeenCalled();
    expect(listeners.size).toBe(0);
  });
});
