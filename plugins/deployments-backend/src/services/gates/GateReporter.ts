import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { GateReportsStore } from '../../database/gates/GateReportsStore';
import type { GateResultsStore } from '../../database/gates/GateResultsStore';
import type { CommitStatusReporter } from './CommitStatusReporter';
import type { DeploymentCheckReporter } from './DeploymentCheckReporter';

/** How soon what could not be told while a rollout goes on is told again. */
const RETRY_SECONDS = 15;

/**
 * Tells outside what the gates of a rollout say, when it changed: the commit at
 * GitHub by statuses, the deployment at its platform by checks. Trouble there is
 * logged, tried again, and stops nothing here.
 */
export class GateReporter {
  constructor(
    private readonly options: {
      results: GateResultsStore;
      reports: GateReportsStore;
      statuses: CommitStatusReporter;
      checks: DeploymentCheckReporter;
    },
  ) {}

  /** Gives whether everything was told. */
  async report(rollout: Rollout): Promise<boolean> {
    const { results, reports, statuses, checks } = this.options;
    const [held, { checks: told }] = await Promise.all([
      results.list(rollout.id),
      reports.begin(rollout.id),
    ]);
    const answers = await Promise.all([
      statuses.report(rollout, held),
      checks.report(rollout, held, told),
    ]);
    const isTold = answers.every(Boolean);
    if (!isTold) await reports.delay(rollout.id, RETRY_SECONDS);
    return isTold;
  }
}
