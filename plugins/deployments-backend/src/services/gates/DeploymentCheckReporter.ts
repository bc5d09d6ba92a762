import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  Rollout,
  RolloutGate,
  RolloutGateName,
} from '@forkyard/plugin-deployments-common';
import {
  CHECK_NAME_PREFIX,
  type DeploymentCheck,
} from '@forkyard/plugin-deployments-node';
import type { GateReportsStore } from '../../database/gates/GateReportsStore';
import type { HeldGate } from '../../database/gates/GateResultsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { ProviderRegistry } from '../ProviderRegistry';
import { externalIdOf } from '../rollouts/externalIdOf';
import { rolloutPage } from './rolloutPage';

/**
 * What is true of a version before it has traffic, and stays so. A freeze and a
 * budget come and go, and would hold a version that passed everything.
 */
const SHOWN: RolloutGateName[] = [
  'ci',
  'security',
  'smoke-test',
  'schema',
  'approval',
];

const STATES: Record<RolloutGate['state'], DeploymentCheck['state']> = {
  passed: 'passed',
  skipped: 'skipped',
  waiting: 'running',
  failed: 'failed',
};

/**
 * Tells the platform of a deployment what the gates say of it before it gets any
 * traffic, as checks, when a state changed. What they say later is of a stage,
 * and no reason to hold what serves already.
 */
export class DeploymentCheckReporter {
  constructor(
    private readonly options: {
      providers: Pick<ProviderRegistry, 'get'>;
      rollouts: Pick<RolloutStore, 'get' | 'findLastOfDeployment'>;
      reports: GateReportsStore;
      logger: LoggerService;
      appBaseUrl: string;
    },
  ) {}

  /**
   * Gives whether the platform knows all.
   *
   * @param told - what it was told last
   */
  async report(
    rollout: Rollout,
    held: HeldGate[],
    told: string | undefined,
  ): Promise<boolean> {
    const { providers, rollouts, reports, logger } = this.options;
    const checks = held
      .filter(({ gate }) => SHOWN.includes(gate))
      .map(gate => this.#toCheck(rollout, gate));
    const now = checks.map(({ name, state }) => `${name} ${state}`).sort();
    const fingerprint = now.join(', ');
    if (fingerprint === told) return true;
    try {
      const { project, progress, endedAt } = await rollouts.get(rollout.id);
      const provider = providers.get(project.provider);
      const hadTraffic = progress.trafficSince !== undefined;
      if (!provider.checks || hadTraffic) return true;
      if (endedAt && (await this.#isReplaced(rollout, endedAt))) return true;
      await provider.checks.reportChecks(project, {
        externalId: externalIdOf(rollout.deploymentId),
        checks,
      });
    } catch (error) {
      logger.warn(
        `Could not report the checks of rollout '${rollout.id}' to the platform of '${rollout.deploymentId}': ${error}`,
      );
      return false;
    }
    await reports.putChecks(rollout.id, fingerprint);
    return true;
  }

  /** Another rollout of the deployment speaks for it then. */
  async #isReplaced({ deploymentId }: Rollout, endedAt: string) {
    const last = await this.options.rollouts.findLastOfDeployment(deploymentId);
    return (
      last !== undefined &&
      (!last.endedAt || last.endedAt.getTime() > Date.parse(endedAt))
    );
  }

  #toCheck(rollout: Rollout, held: HeldGate): DeploymentCheck {
    return {
      externalId: `${rollout.id}:${held.gate}`,
      name: `${CHECK_NAME_PREFIX}${held.gate}`,
      state: STATES[held.state],
      summary: held.publicReason,
      detailsUrl: rolloutPage(this.options.appBaseUrl, rollout),
    };
  }
}
