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

/** In what the platform was told: a check that it shows as undecided. */
const OPEN = ' running';

/**
 * Tells the platform of a deployment what the gates say of it before it gets any
 * traffic, as checks, when a state changed. What they say later is of a stage,
 * and no reason to hold what serves already: then only what was left open there
 * is closed.
 */
export class DeploymentCheckReporter {
  constructor(
    private readonly options: {
      providers: Pick<ProviderRegistry, 'get'>;
      rollouts: Pick<RolloutStore, 'get'>;
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
    let checks = held
      .filter(({ gate }) => SHOWN.includes(gate))
      .map(gate => this.#toCheck(rollout, gate));
    if (fingerprintOf(checks) === told) return true;
    try {
      const { project, progress } = await rollouts.get(rollout.id);
      const provider = providers.get(project.provider);
      if (!provider.checks) return true;
      if (progress.trafficSince !== undefined) {
        // What it was told last is right, unless that left something open.
        if (told !== undefined && !told.includes(OPEN)) return true;
        checks = checks.map(conclude);
      }
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
    await reports.putChecks(rollout.id, fingerprintOf(checks));
    return true;
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

function fingerprintOf(checks: DeploymentCheck[]): string {
  return checks
    .map(({ name, state }) => `${name} ${state}`)
    .sort()
    .join(', ');
}

/** What has traffic waits for nothing that keeps it from traffic. */
function conclude(check: DeploymentCheck): DeploymentCheck {
  const isDecided = check.state === 'passed' || check.state === 'skipped';
  return isDecided
    ? check
    : {
        ...check,
        state: 'skipped',
        summary: 'It has traffic; this is not asked before that any more.',
      };
}
