import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { GateReportsStore } from '../../database/gates/GateReportsStore';
import type { GateResultsStore } from '../../database/gates/GateResultsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
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
      rollouts: Pick<RolloutStore, 'findLastOfDeployment'>;
      statuses: CommitStatusReporter;
      checks: DeploymentCheckReporter;
    },
  ) {}

  /** Gives whether everything was told. */
  async report(rollout: Rollout): Promise<boolean> {
    if (await this.#isReplaced(rollout)) return true;
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
  /**
   * Of what has ended, another rollout of the deployment speaks: it began later,
   * and what is told now would be read as its word.
   */
  async #isReplaced({ deploymentId, endedAt }: Rollout): Promise<boolean> {
    if (!endedAt) return false;
    const { rollouts } = this.options;
    const last = await rollouts.findLastOfDeployment(deploymentId);
    return (
      last !== undefined &&
      (!last.endedAt || last.endedAt.getTime() > Date.parse(endedAt))
    );
  }
}
