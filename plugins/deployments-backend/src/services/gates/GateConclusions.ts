import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  DEPLOYMENTS_ROLLOUT_TOPIC,
  type Rollout,
  type RolloutState,
} from '@forkyard/plugin-deployments-common';
import type { ApprovalsStore } from '../../database/gates/ApprovalsStore';
import type { GateReportsStore } from '../../database/gates/GateReportsStore';
import type {
  GateOutcome,
  GateResultsStore,
} from '../../database/gates/GateResultsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { GateReporter } from './GateReporter';

const ENDINGS: Partial<Record<RolloutState, GateOutcome>> = {
  promoted: {
    state: 'skipped',
    reason: 'It has all traffic; this was not decided before.',
  },
  aborted: {
    state: 'failed',
    reason: 'The rollout was aborted before this was decided.',
  },
  'rolled-back': {
    state: 'failed',
    reason: 'The rollout was rolled back before this was decided.',
  },
};

/** Rollouts looked after in one pass. */
const BATCH = 50;

/** While a rollout goes on, its steps tell what there is to tell. */
const LOOK_SECONDS = 60;

/** What could not be told for so long is given up. */
const GIVE_UP_SECONDS = 3 * 24 * 3600;

const LONGEST_PAUSE_SECONDS = 3600;

/**
 * Closes what is undecided when a rollout has ended: nobody is asked for an
 * approval any more, and outside is told that the gates which still waited will
 * not be decided. Events make it soon; {@link settleDue} finds the same work
 * without them, and tells again what could not be told, ever more rarely and for
 * three days at most.
 */
export class GateConclusions {
  constructor(
    private readonly options: {
      approvals: Pick<ApprovalsStore, 'close'>;
      results: GateResultsStore;
      reports: GateReportsStore;
      rollouts: Pick<RolloutStore, 'get'>;
      reporter: GateReporter;
      logger: LoggerService;
    },
  ) {}

  async subscribe(events: EventsService): Promise<void> {
    await events.subscribe({
      id: 'deployments-gate-conclusions',
      topics: [DEPLOYMENTS_ROLLOUT_TOPIC],
      onEvent: async ({ eventPayload }) => {
        const { rolloutId, state } = Object(eventPayload);
        const mayHaveEnded = typeof state !== 'string' || state in ENDINGS;
        if (typeof rolloutId === 'string' && mayHaveEnded) {
          await this.#look(rolloutId);
        }
      },
    });
  }

  /** Looks after the rollouts that are due. */
  async settleDue(signal?: AbortSignal): Promise<void> {
    for (const id of await this.options.reports.listDue({ limit: BATCH })) {
      if (signal?.aborted) return;
      await this.#look(id);
    }
  }

  async #look(rolloutId: string): Promise<void> {
    const { reports, logger } = this.options;
    try {
      const rollout = await this.#find(rolloutId);
      const ending = rollout && ENDINGS[rollout.state];
      if (!rollout) await reports.settle(rolloutId);
      else if (ending) await this.#conclude(rollout, ending);
      else if (await this.options.reporter.report(rollout)) {
        await reports.delay(rolloutId, LOOK_SECONDS);
      }
    } catch (error) {
      logger.warn(
        `Could not look after the gates of rollout '${rolloutId}': ${error}`,
      );
      await reports.delay(rolloutId, LOOK_SECONDS);
    }
  }

  async #find(rolloutId: string): Promise<Rollout | undefined> {
    try {
      return await this.options.rollouts.get(rolloutId);
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') return undefined;
      throw error;
    }
  }

  async #conclude(rollout: Rollout, ending: GateOutcome): Promise<void> {
    const { approvals, results, reports, reporter, logger } = this.options;
    const { id: rolloutId } = rollout;
    const { version } = await reports.begin(rolloutId);
    await approvals.close(rolloutId);
    for (const { gate, state } of await results.list(rolloutId)) {
      if (state === 'waiting') await results.put({ rolloutId, gate }, ending);
    }
    if (await reporter.report(rollout)) {
      await reports.settle(rolloutId, version);
      return;
    }
    const ended = Date.parse(rollout.endedAt ?? rollout.createdAt);
    const seconds = Math.max(0, (Date.now() - ended) / 1000);
    if (seconds > GIVE_UP_SECONDS) {
      logger.warn(
        `What the gates of rollout '${rolloutId}' said could not be told outside for three days, and is not tried again.`,
      );
      await reports.settle(rolloutId);
      return;
    }
    await reports.delay(
      rolloutId,
      Math.min(LONGEST_PAUSE_SECONDS, Math.max(LOOK_SECONDS, seconds)),
    );
  }
}
