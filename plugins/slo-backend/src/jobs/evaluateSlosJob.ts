import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { RollupStore } from '../database/RollupStore';
import type { EvaluationService } from '../services/EvaluationService';

/** So long are commits gathered, of which a busy drain makes many. */
const GATHER_MS = 2000;

/**
 * Evaluates what is due every few seconds, in one replica at a time, and soon
 * after this process has counted more, in this process.
 */
export async function scheduleEvaluateSlosJob(options: {
  scheduler: SchedulerService;
  lifecycle: LifecycleService;
  logger: LoggerService;
  evaluation: Pick<EvaluationService, 'evaluateDue' | 'evaluateProjects'>;
  rollups: Pick<RollupStore, 'onCommitted'>;
  evaluationSeconds: number;
}): Promise<void> {
  const { scheduler, lifecycle, evaluation } = options;
  await scheduler.scheduleTask({
    id: 'evaluate-slos',
    frequency: { seconds: options.evaluationSeconds },
    timeout: { minutes: 10 },
    initialDelay: { seconds: 5 },
    fn: signal => evaluation.evaluateDue(signal),
  });
  const stop = gatherCommits(options);
  lifecycle.addShutdownHook(stop);
}

/** Evaluates what was committed once in a while; gives what ends it. */
function gatherCommits(options: {
  logger: LoggerService;
  evaluation: Pick<EvaluationService, 'evaluateDue' | 'evaluateProjects'>;
  rollups: Pick<RollupStore, 'onCommitted'>;
}): () => void {
  const { logger, evaluation, rollups } = options;
  const projectIds = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function start() {
    timer ??= setTimeout(evaluate, GATHER_MS);
  }

  async function evaluate() {
    const gathered = [...projectIds];
    projectIds.clear();
    try {
      await evaluation.evaluateProjects(gathered);
    } catch (error) {
      // The schedule finds the same work.
      logger.warn(`Could not evaluate what was counted: ${error}`);
    }
    timer = undefined;
    if (projectIds.size > 0) start();
  }

  const stop = rollups.onCommitted(commit => {
    for (const projectId of commit.projectIds) projectIds.add(projectId);
    start();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
