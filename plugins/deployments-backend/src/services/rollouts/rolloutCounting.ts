import type {
  RolloutPoint,
  Verdict,
  VerdictCounts,
  VerdictTick,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentCounts } from '@forkyard/plugin-slo-common';
import type { RolloutCounting } from '../../database/rollouts/RolloutStore';

/** Points grow farther apart with time, so that a long rollout has few. */
const POINTS_PER_ROLLOUT = 300;

export const noCounts: VerdictCounts = {
  requests: 0,
  errors: 0,
  durations: 0,
  slow: 0,
};

/** What both versions served since `from`, as the source tells it. */
export interface SeenCounts {
  canary: VerdictCounts;
  stable: VerdictCounts;
  p95Milliseconds: { canary?: number; stable?: number };
}

/** Begins to count: what was served before does not count. */
export function beginCounting(from: string, seen: SeenCounts): RolloutCounting {
  return {
    from,
    used: { canary: seen.canary, stable: seen.stable },
    pending: { canary: noCounts, stable: noCounts },
    pointAt: from,
    met: { requests: 0, errors: 0 },
  };
}

/**
 * Makes a tick of what is new in cumulative counts.
 *
 * Counts may come late, shrink, or tell of a failure before its request: what
 * was used once is never used again, no count of a tick is negative, and no
 * tick has more failures than requests.
 */
export function takeTick(
  counting: RolloutCounting,
  seen: SeenCounts,
): { tick: VerdictTick; counting: RolloutCounting } {
  const canary = newSince(counting.used.canary, seen.canary);
  const stable = newSince(counting.used.stable, seen.stable);
  return {
    tick: { canary, stable },
    counting: {
      ...counting,
      used: {
        canary: add(counting.used.canary, canary),
        stable: add(counting.used.stable, stable),
      },
      pending: {
        canary: add(counting.pending.canary, canary),
        stable: add(counting.pending.stable, stable),
      },
      met: {
        requests: counting.met.requests + canary.requests,
        errors: counting.met.errors + canary.errors,
      },
    },
  };
}

/** Makes a point of what is pending, when one is due. */
export function takePoint(options: {
  counting: RolloutCounting;
  seen: SeenCounts;
  verdict: Verdict;
  percent: number;
  now: Date;
  since: string;
}): { point?: RolloutPoint; counting: RolloutCounting } {
  const { counting, seen, verdict, percent, now, since } = options;
  const distance = (now.getTime() - Date.parse(since)) / POINTS_PER_ROLLOUT;
  if (now.getTime() - Date.parse(counting.pointAt) < distance) {
    return { counting };
  }
  const at = now.toISOString();
  const { pending } = counting;
  return {
    point: {
      at,
      percent,
      canary: {
        requests: pending.canary.requests,
        errors: pending.canary.errors,
        p95Milliseconds: seen.p95Milliseconds.canary,
      },
      stable: {
        requests: pending.stable.requests,
        errors: pending.stable.errors,
        p95Milliseconds: seen.p95Milliseconds.stable,
      },
      harmProgress: Math.max(
        0,
        ...verdict.metrics.map(({ harmProgress }) => harmProgress),
      ),
      goodProgress:
        verdict.metrics.length === 0
          ? 0
          : Math.min(
              ...verdict.metrics.map(({ goodProgress }) => goodProgress),
            ),
    },
    counting: {
      ...counting,
      pointAt: at,
      pending: { canary: noCounts, stable: noCounts },
    },
  };
}

/** Reads the counts of one version; what is missing was not served. */
export function toVerdictCounts(
  items: DeploymentCounts[],
  deploymentId: string | undefined,
): VerdictCounts & { p95Milliseconds?: number } {
  const found = items.find(item => item.deploymentId === deploymentId);
  if (!found) return noCounts;
  const requests = Math.round(found.requests);
  const isTimed = found.slow !== undefined;
  const durations = isTimed ? Math.round(found.durations) : 0;
  return {
    requests,
    errors: Math.min(Math.round(found.errors), requests),
    durations,
    slow: Math.min(Math.round(found.slow ?? 0), durations),
    ...(found.p95Milliseconds !== undefined && {
      p95Milliseconds: found.p95Milliseconds,
    }),
  };
}

function newSince(used: VerdictCounts, seen: VerdictCounts): VerdictCounts {
  const grown = (name: keyof VerdictCounts) =>
    Math.max(0, seen[name] - used[name]);
  const requests = grown('requests');
  const durations = grown('durations');
  return {
    requests,
    errors: Math.min(grown('errors'), requests),
    durations,
    slow: Math.min(grown('slow'), durations),
  };
}

function add(one: VerdictCounts, other: VerdictCounts): VerdictCounts {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    durations: one.durations + other.durations,
    slow: one.slow + other.slow,
  };
}
