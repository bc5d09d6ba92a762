import type { AuthService } from '@backstage/backend-plugin-api';
import {
  createVerdictState,
  decideVerdict,
  foldVerdict,
  type RolloutPoint,
  type Verdict,
  type VerdictHistory,
  type VerdictState,
} from '@forkyard/plugin-deployments-common';
import type { SloService } from '@forkyard/plugin-slo-node';
import type {
  RolloutChange,
  RolloutCounting,
  RolloutRecord,
} from '../../database/rollouts/RolloutStore';
import {
  beginCounting,
  noCounts,
  takePoint,
  takeTick,
  toVerdictCounts,
  type SeenCounts,
} from './rolloutCounting';

/** How long before a rollout the stable version is looked at. */
const BEFORE_MS = 60 * 60_000;
/** How long before a rollout is looked at for how failures come. */
const HISTORY_MS = 6 * BEFORE_MS;
/** Fewer durations make no threshold of latency. */
const MINIMUM_DURATIONS = 200;
/** Counts are kept by the minute for two days; they are asked anew long before. */
const LONGEST_SPAN_MS = 12 * 60 * 60_000;

/** What a step measured, and what it says of the new version. */
export interface Measurement {
  change: RolloutChange;
  verdict?: Verdict;
  point?: RolloutPoint;
}

/**
 * Counts what both versions of a rollout serve, and judges it.
 *
 * Nothing here is kept in memory: the state of the verdict and how far the
 * counts were used are part of the change, which is stored together with what
 * is decided on it, or not at all.
 */
export class RolloutMeasurer {
  constructor(
    private readonly options: {
      slo: SloService;
      auth: AuthService;
      tickSeconds: number;
    },
  ) {}

  /** Looks at the stable version before the first traffic moves. */
  async prepare(rollout: RolloutRecord, now: Date): Promise<Measurement> {
    const before = new Date(now.getTime() - BEFORE_MS).toISOString();
    const { items } = await this.#getCounts(rollout, { from: before, now });
    const stable = items.find(
      ({ deploymentId }) => deploymentId === rollout.stableDeploymentId,
    );
    const isKnown = stable && stable.durations >= MINIMUM_DURATIONS;
    const latencyThresholdMilliseconds = isKnown
      ? stable.p95Milliseconds
      : undefined;
    const progress = { ...rollout.progress, latencyThresholdMilliseconds };
    const from = now.toISOString();
    const seen = await this.#see({ ...rollout, progress }, from, now);
    return {
      change: {
        progress: { ...progress, counting: beginCounting(from, seen) },
        verdictState: createVerdictState(rollout.plan.verdict, {
          history: await this.#getHistory(rollout, now),
        }),
      },
    };
  }

  /** Begins to count for a version that has all traffic since then. */
  async prepareWatch(
    rollout: RolloutRecord,
    { now, since }: { now: Date; since: string },
  ): Promise<Measurement> {
    const { change } = await this.prepare(rollout, now);
    const nothing = { canary: noCounts, stable: noCounts, p95Milliseconds: {} };
    return {
      change: {
        ...change,
        progress: {
          ...rollout.progress,
          ...change.progress,
          counting: beginCounting(since, nothing),
        },
      },
    };
  }

  /** Folds what was served since the last step into the verdict. */
  async measure(given: RolloutRecord, now: Date): Promise<Measurement> {
    const rollout = await this.#withBaseline(given, now);
    const { counting } = rollout.progress;
    if (!counting) return { change: {} };
    const seen = await this.#see(rollout, counting.from, now);
    const taken = takeTick(counting, seen);
    const verdictState = foldVerdict(
      rollout.verdictState as VerdictState,
      taken.tick,
    );
    const verdict = decideVerdict(verdictState, timesOf(rollout, now));
    const pointed = takePoint({
      ...taken,
      seen,
      verdict,
      percent: rollout.percent,
      now,
      since: rollout.progress.trafficSince ?? counting.from,
    });
    return {
      verdict,
      point: pointed.point,
      change: {
        verdict,
        verdictState,
        progress: {
          ...rollout.progress,
          counting: await this.#renew(rollout, pointed.counting, now),
        },
      },
    };
  }

  /** SLO alerts that fire and began after all traffic had moved. */
  async listAlerts(rollout: RolloutRecord): Promise<string[]> {
    const { switchedAt } = rollout.progress;
    if (!switchedAt) return [];
    const { items } = await this.options.slo.listAlerts(
      { entityRef: rollout.entityRef, state: 'firing', limit: 100 },
      await this.#credentials(),
    );
    return items
      .filter(({ startsAt }) => Date.parse(startsAt) > Date.parse(switchedAt))
      .map(({ summary }) => summary);
  }

  /**
   * Once all traffic has moved the stable version serves none, so the new one
   * is judged by what the stable one served before.
   */
  async #withBaseline(
    rollout: RolloutRecord,
    now: Date,
  ): Promise<RolloutRecord> {
    const { progress } = rollout;
    if (!progress.switchedAt || progress.watchesBaseline) return rollout;
    const since = progress.trafficSince ?? progress.switchedAt;
    const from = new Date(Date.parse(since) - BEFORE_MS).toISOString();
    const { items } = await this.#getCounts(rollout, { from, now });
    const { p95Milliseconds: _, ...baseline } = toVerdictCounts(
      items,
      rollout.stableDeploymentId,
    );
    return {
      ...rollout,
      verdictState: createVerdictState(rollout.plan.verdict, {
        baseline,
        before: rollout.verdictState as VerdictState | undefined,
      }),
      progress: { ...progress, watchesBaseline: true },
    };
  }

  /** Moves the beginning of the counts on before the source forgets it. */
  async #renew(
    rollout: RolloutRecord,
    counting: RolloutCounting,
    now: Date,
  ): Promise<RolloutCounting> {
    if (now.getTime() - Date.parse(counting.from) < LONGEST_SPAN_MS) {
      return counting;
    }
    const from = now.toISOString();
    const { canary, stable } = await this.#see(rollout, from, now);
    return { ...counting, from, used: { canary, stable } };
  }

  async #see(
    rollout: RolloutRecord,
    from: string,
    now: Date,
  ): Promise<SeenCounts> {
    const { items } = await this.#getCounts(rollout, { from, now });
    const { p95Milliseconds: canaryP95, ...canary } = toVerdictCounts(
      items,
      rollout.deploymentId,
    );
    const { p95Milliseconds: stableP95, ...stable } = rollout.stableDeploymentId
      ? toVerdictCounts(items, rollout.stableDeploymentId)
      : { ...noCounts, p95Milliseconds: undefined };
    return {
      canary,
      stable,
      p95Milliseconds: { canary: canaryP95, stable: stableP95 },
    };
  }

  async #getCounts(
    rollout: RolloutRecord,
    { from, now }: { from: string; now: Date },
  ) {
    const { entityRef, environment, deploymentId, stableDeploymentId } =
      rollout;
    return this.options.slo.getCounts(
      {
        entityRef,
        environment,
        deploymentIds: stableDeploymentId
          ? [deploymentId, stableDeploymentId]
          : [deploymentId],
        from,
        to: now.toISOString(),
        slowerThanMilliseconds: rollout.progress.latencyThresholdMilliseconds,
      },
      await this.#credentials(),
    );
  }

  /** Tells, minute by minute, how the stable version's failures came before. */
  async #getHistory(
    { entityRef, environment, stableDeploymentId }: RolloutRecord,
    now: Date,
  ): Promise<VerdictHistory> {
    const { stepMinutes, deployments } = await this.options.slo.getTraffic(
      {
        entityRef,
        environment,
        from: new Date(now.getTime() - HISTORY_MS).toISOString(),
        to: now.toISOString(),
      },
      await this.#credentials(),
    );
    const stable = deployments.find(
      ({ deploymentId }) => deploymentId === stableDeploymentId,
    );
    return {
      // The last step is not over.
      steps: (stable?.points ?? [])
        .slice(0, -1)
        .map(({ requests, errors }) => ({
          requests: Math.round(requests),
          errors: Math.min(Math.round(errors), Math.round(requests)),
        })),
      ticksPerStep: (stepMinutes * 60) / this.options.tickSeconds,
    };
  }

  async #credentials() {
    return { credentials: await this.options.auth.getOwnServiceCredentials() };
  }
}

/** Time in the stage or the watch; paused time does not count. */
function timesOf(rollout: RolloutRecord, now: Date) {
  const { stageStartedAt, stageIndex, plan, progress } = rollout;
  const until = progress.pausedAt
    ? Date.parse(progress.pausedAt)
    : now.getTime();
  const elapsed = stageStartedAt ? until - Date.parse(stageStartedAt) : 0;
  const minutes =
    stageIndex === undefined
      ? plan.watchMinutes
      : (plan.stages[stageIndex]?.minutes ?? 0);
  return {
    elapsedSeconds: Math.max(0, elapsed / 1000),
    minimumSeconds: minutes * 60,
  };
}
