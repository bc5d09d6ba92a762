import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { Rollout, RolloutGate } from '@forkyard/plugin-deployments-common';
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

/** Begins the context of every status of ours. */
export const STATUS_PREFIX = 'forkyard/';

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
 * Trouble there is logged, tried again after a minute, and stops nothing.
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

  async report(rollout: Rollout): Promise<void> {
    const { github, results } = this.options;
    const place = github.locate(rollout.commit);
    if (!place) return;
    const held = await results.list(rollout.id);
    await Promise.all(
      held
        .filter(gate => gate.mayReport && gate.reported !== fingerprint(gate))
        .map(gate => this.#tell(rollout, place, gate)),
    );
  }

  async #tell(
    rollout: Rollout,
    place: CommitPlace,
    gate: HeldGate,
  ): Promise<void> {
    const { checks, results, logger } = this.options;
    const key = { rolloutId: rollout.id, gate: gate.gate };
    try {
      await checks.putStatus(place, {
        context: `${STATUS_PREFIX}${gate.gate}`,
        state: STATES[gate.state],
        description: shorten(gate.reason),
        url: this.#pageOf(rollout),
      });
    } catch (error) {
      logger.warn(
        `Could not tell GitHub of gate '${gate.gate}' of rollout '${rollout.id}': ${error}`,
      );
      await results.delayReport(key, RETRY_SECONDS);
      return;
    }
    await results.markReported(key, fingerprint(gate));
  }

  #pageOf({ id, entityRef }: Rollout): string | undefined {
    const { kind, namespace, name } = parseEntityRef(entityRef);
    const { appBaseUrl } = this.options;
    return appBaseUrl
      ? `${appBaseUrl}${`/catalog/${namespace}/${kind}/${name}/deployments`.toLowerCase()}?rollout=${id}`
      : undefined;
  }
}

function fingerprint({ state, reason }: RolloutGate): string {
  return `${STATES[state]}: ${shorten(reason)}`;
}

function shorten(reason: string): string {
  const characters = [...reason];
  return characters.length <= MAX_DESCRIPTION
    ? reason
    : `${characters.slice(0, MAX_DESCRIPTION - 3).join('')}...`;
}
