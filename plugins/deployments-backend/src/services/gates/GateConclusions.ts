import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  DEPLOYMENTS_ROLLOUT_TOPIC,
  type RolloutState,
} from '@forkyard/plugin-deployments-common';
import type { ApprovalsStore } from '../../database/gates/ApprovalsStore';
import type { GateResultsStore } from '../../database/gates/GateResultsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { CommitStatusReporter } from './CommitStatusReporter';

const ENDINGS: Partial<Record<RolloutState, string>> = {
  aborted: 'was aborted',
  'rolled-back': 'was rolled back',
};

/**
 * Closes what is undecided when a rollout has ended: nobody is asked for an
 * approval any more, and GitHub is told that the gates which still waited will
 * not be decided. An event that is lost leaves both pending, and nothing else.
 */
export class GateConclusions {
  constructor(
    private readonly options: {
      approvals: Pick<ApprovalsStore, 'close'>;
      results: GateResultsStore;
      rollouts: Pick<RolloutStore, 'get'>;
      reporter: CommitStatusReporter;
      logger: LoggerService;
    },
  ) {}

  async subscribe(events: EventsService): Promise<void> {
    await events.subscribe({
      id: 'deployments-gate-conclusions',
      topics: [DEPLOYMENTS_ROLLOUT_TOPIC],
      onEvent: async ({ eventPayload }) => {
        const { rolloutId } = Object(eventPayload);
        if (typeof rolloutId === 'string') await this.conclude(rolloutId);
      },
    });
  }

  async conclude(rolloutId: string): Promise<void> {
    const { approvals, results, rollouts, reporter, logger } = this.options;
    try {
      const rollout = await rollouts.get(rolloutId);
      const ending = ENDINGS[rollout.state];
      if (!ending && rollout.state !== 'promoted') return;
      await approvals.close(rolloutId);
      if (!ending) return;
      for (const { gate, state } of await results.list(rolloutId)) {
        if (state === 'waiting') {
          await results.put(
            { rolloutId, gate },
            {
              state: 'failed',
              reason: `The rollout ${ending} before this was decided.`,
            },
          );
        }
      }
      await reporter.report(rollout);
    } catch (error) {
      logger.warn(
        `Could not close the gates of rollout '${rolloutId}', which has ended: ${error}`,
      );
    }
  }
}
