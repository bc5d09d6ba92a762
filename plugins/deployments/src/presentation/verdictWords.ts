import type { Status } from '@forkyard/frontend-kit';
import type {
  Verdict,
  VerdictMetric,
} from '@forkyard/plugin-deployments-common';

interface Progress {
  /** 0 to 1; absent when nothing was measured. */
  ratio?: number;
  value: string;
  status: Status;
  label: string;
}

const unknown: Progress = {
  value: 'unknown',
  status: 'unknown',
  label: 'Unknown',
};

/** Of all metrics, the one that speaks most against the new version. */
export function describeHarm({ metrics }: Verdict): Progress {
  if (metrics.length === 0) return unknown;
  const ratio = clamped(
    Math.max(...metrics.map(({ harmProgress }) => harmProgress)),
  );
  const value = formatShare(ratio);
  if (ratio >= 1) {
    return { ratio, value, status: 'failing', label: 'Harm shown' };
  }
  return ratio >= 0.5
    ? { ratio, value, status: 'degraded', label: 'Signs of harm' }
    : { ratio, value, status: 'healthy', label: 'No sign of harm' };
}

/** Of all metrics, the one of which least is known for the new version. */
export function describeGood({ metrics }: Verdict, ended: boolean): Progress {
  if (metrics.length === 0) return unknown;
  const ratio = clamped(
    Math.min(...metrics.map(({ goodProgress }) => goodProgress)),
  );
  const value = formatShare(ratio);
  if (ratio >= 1) {
    return { ratio, value, status: 'healthy', label: 'Enough' };
  }
  return ended
    ? { ratio, value, status: 'unknown', label: 'Not enough' }
    : { ratio, value, status: 'in-progress', label: 'Gathering' };
}

/** How many more requests the slowest metric needs, when that can be said. */
export function requestsNeeded({ metrics }: Verdict): number | undefined {
  const needed = metrics.flatMap(metric => metric.requestsNeeded ?? []);
  const most = Math.max(0, ...needed);
  return most > 0 ? Math.ceil(most) : undefined;
}

const metricWords = {
  errors: 'Failed requests',
  latency: 'Slow requests',
} as const;

/**
 * "Failed requests: canary 1.2 %, stable 1.1 %; the difference is between −0.4
 * and +0.6 percentage points". Of slow requests it says what slow is, as far as
 * that is known.
 */
export function describeMetric(
  metric: VerdictMetric,
  slowerThanMilliseconds?: number,
): string {
  const { canaryRatio, stableRatio, differenceLow, differenceHigh } = metric;
  const slow =
    metric.metric === 'latency' ? describeSlow(slowerThanMilliseconds) : '';
  const name = `${metricWords[metric.metric]}${slow && ` (${slow})`}`;
  if (canaryRatio === undefined && stableRatio === undefined) {
    return `${name}: nothing was measured, so this is unknown.`;
  }
  const shares = `${name}: canary ${formatKnown(canaryRatio)}, stable ${formatKnown(stableRatio)}`;
  return differenceLow === undefined || differenceHigh === undefined
    ? `${shares}.`
    : `${shares}; the difference is between ${formatPoints(differenceLow)} and ${formatPoints(differenceHigh)} percentage points.`;
}

/** Says what counts as slow; nothing when that is not known. */
function describeSlow(milliseconds: number | undefined): string {
  return milliseconds === undefined
    ? ''
    : `slower than ${milliseconds.toLocaleString(undefined, { maximumFractionDigits: milliseconds < 10 ? 1 : 0 })} ms, the time in which 95 % of the stable version's were answered`;
}

function clamped(ratio: number): number {
  return Math.min(Math.max(ratio, 0), 1);
}

/** Never full before it is. */
function formatShare(ratio: number): string {
  return `${Math.floor(ratio * 100)} %`;
}

function formatKnown(ratio: number | undefined): string {
  return ratio === undefined ? 'unknown' : `${formatNumber(ratio * 100)} %`;
}

function formatPoints(difference: number): string {
  const sign = difference < 0 ? '−' : '+';
  return `${sign}${formatNumber(Math.abs(difference) * 100)}`;
}

function formatNumber(value: number): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: 2 });
}
