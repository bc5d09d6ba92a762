import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import { wait } from '@forkyard/backend-kit';
import { backOffSeconds } from '@forkyard/plugin-deployments-common';
import { isFinalRolloutState } from '../../database/rollouts/rolloutRows';
import type {
  ClaimedRollout,
  RolloutProgress,
  RolloutRecord,
  RolloutStore,
} from '../../database/rollouts/RolloutStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { ApprovalLog } from './ApprovalLog';
import { decideRolloutStep } from './decideRolloutStep';
import type { RolloutAnnouncer } from './RolloutAnnouncer';
import type { RolloutLimits, RolloutStep } from './RolloutFacts';
import type { RolloutMover } from './RolloutMover';
import type { Observation, RolloutObserver } from './RolloutObserver';
import { FORKYARD } from './rolloutSteps';

/** How soon another process goes on with what one left that was killed. */
const LEASE_SECONDS = 30;
/** Rollouts that one process steers at the same time. */
const CONCURRENCY = 8;
/** While others are busy, what becomes due is looked for this often. */
const LOOK_INTERVAL_MS = 500;
/** What has been held for so long is looked at this many times more rarely. */
const HELD_LONG_MS = 5 * 60_000;
const HELD_FACTOR = 3;
/** Steps of one claim at most; the rest waits for the next tick. */
const STEPS_PER_CLAIM = 8;
/** A provider that fails is asked at least this often, because traffic waits. */
const LONGEST_PAUSE_SECONDS = 60;

/**
 * Steers rollouts, one small step after the other.
 *
 * What is meant is stored first, with its transition and its evidence; then the
 * provider is asked; then the provider is looked at until it shows what was
 * meant. So whoever is killed between any two lines leaves a row from which the
 * next step follows, and no traffic moves without a stored reason. A step never
 * assumes that the one before had its effect.
 *
 * Replicas share rollouts by leases. Whoever writes names the lease and the
 * revision that was read, so neither a worker that lost its lease nor one that
 * a person overtook changes anything.
 */
export class RolloutController {
  constructor(
    private readonly options: {
      rollouts: RolloutStore;
      tracked: TrackedEntitiesStore;
      observer: RolloutObserver;
      mover: RolloutMover;
      announcer: RolloutAnnouncer;
      approvalLog: ApprovalLog;
      logger: LoggerService;
      tickSeconds: number;
      limits: RolloutLimits & { heldNoticeMinutes: number };
    },
  ) {}

  /**
   * Steers every rollout that is due, until none is. One whose provider takes
   * its time keeps none of the others waiting.
   */
  async steerDue(signal?: AbortSignal): Promise<void> {
    const steering = new Set<Promise<void>>();
    const failures: unknown[] = [];
    try {
      while (!signal?.aborted && failures.length === 0) {
        const claimed =
          steering.size < CONCURRENCY ? await this.#claim() : undefined;
        if (claimed) {
          const run = this.#steerClaimed(claimed)
            .catch(error => void failures.push(error))
            .finally(() => steering.delete(run));
          steering.add(run);
        } else if (steering.size > 0) {
          await settleOne(steering);
        } else return;
      }
    } finally {
      await Promise.all(steering);
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Steers one rollout now, if it is due and nobody else does. */
  async steerOne(id: string): Promise<void> {
    const claimed = await this.#claim(id);
    if (claimed) await this.#steerClaimed(claimed);
  }

  async #claim(id?: string): Promise<ClaimedRollout | undefined> {
    const [claimed] = await this.options.rollouts.claimDue({
      limit: 1,
      leaseSeconds: LEASE_SECONDS,
      id,
    });
    return claimed;
  }

  async #steerClaimed(claimed: ClaimedRollout): Promise<void> {
    const { rollouts, logger, tickSeconds } = this.options;
    const { rollout, leaseId } = claimed;
    let outcome = { succeeded: true, nextInSeconds: tickSeconds };
    const renewal = setInterval(
      () => this.#renew(claimed),
      (LEASE_SECONDS * 1000) / 3,
    );
    try {
      const isLong = await this.#steer(claimed);
      if (isLong) outcome.nextInSeconds *= HELD_FACTOR;
    } catch (error) {
      assertError(error);
      logger.warn(
        `Could not steer rollout '${rollout.id}' of '${rollout.entityRef}': ${error.message}`,
      );
      outcome = {
        succeeded: false,
        nextInSeconds: Math.min(
          LONGEST_PAUSE_SECONDS,
          backOffSeconds({
            intervalSeconds: tickSeconds,
            failures: rollout.failures + 1,
          }),
        ),
      };
    } finally {
      clearInterval(renewal);
    }
    await rollouts.complete(leaseId, outcome);
  }

  /** A step waits for the provider for longer than a lease lasts. */
  #renew({ rollout, leaseId }: ClaimedRollout): void {
    this.options.rollouts
      .renew(leaseId, { leaseSeconds: LEASE_SECONDS })
      .catch(error =>
        this.options.logger.warn(
          `Could not renew the lease of rollout '${rollout.id}': ${error}`,
        ),
      );
  }

  /** Gives whether it has been held for long. */
  async #steer({
    rollout: claimed,
    leaseId,
  }: ClaimedRollout): Promise<boolean> {
    let rollout = claimed;
    const { observer, limits, rollouts, approvalLog } = this.options;
    const begun = await rollouts.now();
    let since: Date | undefined;
    let lastMove: string | undefined;
    for (let count = 0; count < STEPS_PER_CLAIM; count++) {
      let observation = await observer.observe(rollout, { since });
      let step = decideRolloutStep(rollout, observation.facts, limits);
      if (step.kind !== 'wait' && !observation.isFresh) {
        since = begun;
        observation = await observer.observe(rollout, { since });
        step = decideRolloutStep(rollout, observation.facts, limits);
      }
      const { gates } = observation.facts;
      const noted = await approvalLog.note(rollout, { gates, leaseId });
      if (noted) {
        rollout = noted;
        continue;
      }
      if (step.kind === 'go') {
        const gone = await this.#go(rollout, step, observation, leaseId);
        if (!gone || isFinalRolloutState(gone.state)) return false;
        rollout = gone;
        continue;
      }
      if (step.kind === 'wait' || JSON.stringify(step.move) === lastMove) {
        return this.#wait(rollout, step, observation, leaseId);
      }
      lastMove = JSON.stringify(step.move);
      const refusal = await this.#move(rollout, step);
      if (refusal) {
        return this.#wait(
          rollout,
          { reason: refusal, isHeld: false },
          observation,
          leaseId,
        );
      }
    }
    return false;
  }

  /** Gives the provider's words when it refuses or cannot answer. */
  async #move(
    rollout: RolloutRecord,
    { move }: RolloutStep & { kind: 'move' },
  ): Promise<string | undefined> {
    try {
      await this.options.mover.move(rollout, move);
      return undefined;
    } catch (error) {
      assertError(error);
      this.options.logger.warn(
        `The traffic of rollout '${rollout.id}' did not move: ${error.message}`,
      );
      const reason = rollout.progress.ending?.reason;
      return [reason, error.message, 'It is tried again.']
        .filter(Boolean)
        .join(' ');
    }
  }

  async #go(
    rollout: RolloutRecord,
    step: RolloutStep & { kind: 'go' },
    { facts, point }: Observation,
    leaseId: string,
  ): Promise<RolloutRecord | undefined> {
    const { rollouts, mover, tracked, announcer } = this.options;
    const { state } = step.change;
    if (isFinalRolloutState(state)) await mover.tidy(rollout, facts);
    const change = {
      ...facts.measured,
      ...step.change,
      progress: notHeld(
        step.change.progress ?? facts.measured.progress ?? rollout.progress,
      ),
      reason: step.reason,
    };
    const updated = await rollouts.update(rollout, {
      leaseId,
      point,
      change,
      transition: {
        to: state,
        percent: percentMeant(rollout, step),
        actor: step.actor ?? FORKYARD,
        reason: step.reason,
        comment: step.comment,
        verdict: facts.verdict,
        gates: facts.gates.length > 0 ? facts.gates : undefined,
      },
    });
    if (!updated) return undefined;
    if (updated.percent !== rollout.percent || isFinalRolloutState(state)) {
      await tracked.requestReconcile(updated.project);
    }
    await announcer.announce(updated, rollout.state);
    return updated;
  }

  /** Stores what was measured and why nothing happens. */
  async #wait(
    rollout: RolloutRecord,
    { reason, isHeld = false }: { reason: string; isHeld?: boolean },
    { facts, point }: Observation,
    leaseId: string,
  ): Promise<boolean> {
    const { rollouts, announcer, limits } = this.options;
    const before = facts.measured.progress ?? rollout.progress;
    const heldSince = isHeld
      ? (before.heldSince ?? facts.now.toISOString())
      : undefined;
    const heldMs = heldSince ? facts.now.getTime() - Date.parse(heldSince) : 0;
    const isLong = heldMs >= limits.heldNoticeMinutes * 60_000;
    const isNews = isLong && !before.heldTold;
    const updated = await rollouts.update(rollout, {
      leaseId,
      point,
      change: {
        ...facts.measured,
        // What only a beginning needs is measured anew until there is one.
        ...(rollout.state === 'checking' && { verdictState: undefined }),
        reason,
        progress:
          rollout.state === 'checking'
            ? held(rollout.progress, heldSince, isLong)
            : held(before, heldSince, isLong),
      },
    });
    if (!updated) return false;
    if (isNews) await announcer.announceHeld(updated);
    await announcer.signal(updated);
    return heldMs >= HELD_LONG_MS;
  }
}

/** Waits until one has ended, or until it is time to look for more. */
async function settleOne(steering: Set<Promise<void>>): Promise<void> {
  const awake = new AbortController();
  const pause = wait(LOOK_INTERVAL_MS, awake.signal).catch(() => {});
  await Promise.race([...steering, pause]).finally(() => awake.abort());
}

function notHeld(progress: RolloutProgress): RolloutProgress {
  return { ...progress, heldSince: undefined, heldTold: undefined };
}

function held(
  progress: RolloutProgress,
  heldSince: string | undefined,
  heldTold: boolean,
): RolloutProgress {
  return { ...progress, heldSince, heldTold: heldTold || undefined };
}

/** Share of the traffic from here on, once the provider has moved it. */
function percentMeant(
  rollout: RolloutRecord,
  { change }: RolloutStep & { kind: 'go' },
): number {
  if (change.percent !== undefined) return change.percent;
  if (change.progress?.ending) return 0;
  if (change.state === 'switching') return 100;
  if (change.stageIndex !== undefined) {
    return rollout.plan.stages[change.stageIndex]?.percent ?? rollout.percent;
  }
  return rollout.percent;
}
