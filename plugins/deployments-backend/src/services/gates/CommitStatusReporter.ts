import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Rollout, RolloutGate } from '@forkyard/plugin-deployments-common';
import { CHECK_NAME_PREFIX } from '@forkyard/plugin-deployments-node';
import type {
  GateResultsStore,
  HeldGate,
} from '../../database/gates/GateResultsStore';
import type {
  CommitStatus,
  GithubChecksSource,
} from '../../sources/GithubChecksSource';
import type {
  CommitPlace,
  GithubConnector,
} from '../../sources/GithubConnector';
import { rolloutPage } from './rolloutPage';

/** GitHub refuses longer ones. */
const MAX_DESCRIPTION = 140;

const RETRY_SECONDS = 60;

const STATES: Record<RolloutGate['state'], CommitStatus['state']> = {
  passed: 'success',
  skipped: 'success',
  waiting: 'pending',
  failed: 'failure',
};

/**
 * Tells GitHub what the gates say, as statuses of the commit, when it changed.
 * Everybody may read the statuses of a public repository, so that they have what
 * anybody may know. Trouble is logged and tried again after a minute.
 */
export class CommitStatusReporter {
  constructor(
    private readonly options: {
      github: GithubConnector;
      checks: GithubChecksSource;
      results: GateResultsStore;
      logger: LoggerService;
      appBaseUrl: string;
    },
  ) {}

  /** Gives whether GitHub knows all. */
  async report(rollout: Rollout, held: HeldGate[]): Promise<boolean> {
    const place = this.options.github.locate(rollout.commit);
    if (!place) return true;
    const answers = await Promise.all(
      held
        .filter(gate => gate.reported !== fingerprint(gate))
        .map(gate => gate.mayReport && this.#tell(rollout, place, gate)),
    );
    return answers.every(Boolean);
  }

  async #tell(
    rollout: Rollout,
    place: CommitPlace,
    gate: HeldGate,
  ): Promise<boolean> {
    const { checks, results, logger, appBaseUrl } = this.options;
    const key = { rolloutId: rollout.id, gate: gate.gate };
    try {
      await checks.putStatus(place, {
        context: `${CHECK_NAME_PREFIX}${gate.gate}`,
        state: STATES[gate.state],
        description: shorten(gate.publicReason),
        url: rolloutPage(appBaseUrl, rollout),
      });
    } catch (error) {
      logger.warn(
        `Could not tell GitHub of gate '${gate.gate}' of rollout '${rollout.id}': ${error}`,
      );
      await results.delayReport(key, RETRY_SECONDS);
      return false;
    }
    await results.markReported(key, fingerprint(gate));
    return true;
  }
}

function fingerprint({ state, publicReason }: HeldGate): string {
  return `${STATES[state]}: ${shorten(publicReason)}`;
}

function shorten(reason: string): string {
  const characters = [...reason];
  return characters.length <= MAX_DESCRIPTION
    ? reason
    : `${characters.slice(0, MAX_DESCRIPTION - 3).join('')}...`;
}
