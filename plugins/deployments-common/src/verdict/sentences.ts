import { looksHarmful, looksWorse, type AssessedMetric } from './assess';
import { count, duration, oneIn, percent, points, roundUp } from './figures';
import type { VerdictState } from './state';

/**
 * Requests that should have come, at the usual pace, before their absence is
 * taken for a fault and not for chance (less than 1 in 20,000).
 */
const MISSED_REQUESTS = 10;

/** Below it requests are as good as independent. */
const TOGETHER = 2.5;

/** Counts arrive some seconds late, and traffic that moves takes as long. */
const SILENT_TICKS = 3;

/** Says why a version is aborted by comparison. */
export function abortReason(
  state: VerdictState,
  metric: AssessedMetric,
): string {
  // All that was counted need not show what a part of it did.
  const worse = looksHarmful(metric)
    ? 'That is worse'
    : 'For a part of that time it was worse';
  const seen = `${compare(state, metric)} ${worse} by more than the tolerated ${tolerated(metric)}`;
  // With nothing beside it, the error rate holds only if the times are alike.
  return state.baseline
    ? `${seen}, though nothing runs beside it that would tell a bad time from a bad version.`
    : `${seen}; at most ${oneIn(state.settings.falseAbortRate)} good versions would look so bad${unlessTogether({ ...metric, designEffect: metric.harmDesignEffect })}`;
}

/** One that follows the stable version's share is told with as many digits as are known. */
function tolerated({ harmTolerance, tolerance }: AssessedMetric): string {
  return points(
    harmTolerance < tolerance
      ? Number(harmTolerance.toPrecision(2))
      : tolerance,
  );
}

/** Says what the error rates rest on, which is seen in the traffic and not proved. */
function unlessTogether({ metric, designEffect = 1 }: AssessedMetric): string {
  const what = metric === 'errors' ? 'failures' : 'slow requests';
  return designEffect < TOGETHER
    ? `, unless ${what} come together more than they did so far.`
    : `, with about ${count(Math.round(designEffect))} ${what} that come together counted as one.`;
}

/** Says why a version is aborted without comparison. */
export function catastropheReason({ canary, settings }: VerdictState): string {
  return (
    `The new version failed ${count(canary.errors)} of its ${count(canary.requests)} requests (${percent(canary.errors / canary.requests)}), ` +
    `and ${percent(settings.catastropheRatio)} is the limit for any version.`
  );
}

/** Says what is missing; nothing when nothing is. */
export function holdReason(
  state: VerdictState,
  metrics: AssessedMetric[],
): string | undefined {
  const { canary, settings, baseline } = state;
  const { errors, latency } = byName(metrics);
  const { minimumRequests } = settings;
  if (canary.requests < minimumRequests) {
    return canary.requests === 0
      ? `The new version has had no request yet: ${count(minimumRequests)} are needed before anything is decided.`
      : `The new version has had ${count(canary.requests)} requests (${count(canary.errors)} failed): ${count(minimumRequests - canary.requests)} more are needed before anything is decided.`;
  }
  if (errors.stableTotal === 0) {
    return baseline
      ? 'It is not known what the stable version served before, so there is nothing to compare the new version with.'
      : `The stable version has had no request, so there is nothing to compare the ${count(canary.requests)} requests of the new version with.`;
  }
  const silent = silentVersion(state);
  if (silent) return silent;
  if (latency?.canaryTotal === 0) {
    return `The new version's latency is not measured, though the stable version's is (${count(latency.stableTotal)} durations): it is not promoted on errors alone.`;
  }
  if (latency?.stableTotal === 0) {
    return `The stable version's latency is not measured, so there is nothing to compare the ${count(latency.canaryTotal)} durations of the new version with.`;
  }
  return undefined;
}

/** Latency is absent when neither version has any. */
function byName([errors, latency]: AssessedMetric[]): {
  errors: AssessedMetric;
  latency?: AssessedMetric;
} {
  return { errors, latency };
}

function silentVersion(state: VerdictState): string | undefined {
  const versions = [
    ['new', state.canary, state.silentTicks.canary],
    ['stable', state.stable, state.silentTicks.stable],
  ] as const;
  for (const [name, { requests }, silent] of versions) {
    if (name === 'stable' && state.baseline) continue;
    const before = Math.max(1, state.ticks - silent);
    const missed = Math.floor((requests / before) * silent);
    if (missed >= MISSED_REQUESTS && silent >= SILENT_TICKS) {
      if (state.silentTicks.canary > 0 && state.silentTicks.stable > 0) {
        return 'No request of either version was counted lately: nobody came, or the data has stopped.';
      }
      return `No request of the ${name} version was counted lately, where about ${count(missed)} were to be expected: the data may have stopped.`;
    }
  }
  return undefined;
}

/** Says why a version may go on to more traffic. */
export function promoteReason(
  state: VerdictState,
  metrics: AssessedMetric[],
): string {
  const { errors, latency } = byName(metrics);
  const parts = [
    `${compare(state, errors)} That is not worse by more than the tolerated ${points(errors.tolerance)}.`,
    latency
      ? `${compare(state, latency)} That is within the tolerated ${points(latency.tolerance)}.`
      : 'Latency was not measured.',
    state.baseline
      ? ''
      : `At most ${oneIn(state.settings.falsePromoteRate)} versions that are worse would look so good${unlessTogether(errors)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** Says what is still to be waited for. */
export function continueReason(
  state: VerdictState,
  metrics: AssessedMetric[],
  time: { elapsedSeconds: number; minimumSeconds: number },
): string {
  const { errors, latency } = byName(metrics);
  const parts = [
    compare(state, errors),
    latency ? compare(state, latency) : 'Latency is not measured.',
  ];
  const open = metrics.filter(({ goodProgress }) => goodProgress < 1);
  const together = open.find(
    ({ designEffect = 1 }) => designEffect >= TOGETHER,
  );
  if (together) parts.push(cameTogether(together));
  if (open.length > 0) parts.push(needed(open));
  else parts.push('It has proved good.');
  const seconds = time.minimumSeconds - time.elapsedSeconds;
  if (seconds > 0) parts.push(`At least ${duration(seconds)} more.`);
  return parts.join(' ');
}

function cameTogether({ metric, designEffect = 1 }: AssessedMetric): string {
  const what = metric === 'errors' ? 'Failures' : 'Slow requests';
  return `${what} come together, so that about ${count(Math.round(designEffect))} of them count as one.`;
}

function needed(open: AssessedMetric[]): string {
  const requests = open.map(metric => metric.requestsNeeded);
  if (open.some(looksWorse) || requests.some(value => value === undefined)) {
    return 'It may be worse than is tolerated; that is not certain yet.';
  }
  const most = Math.max(...(requests as number[]));
  return `No sign of harm; about ${count(roundUp(most))} more requests of the new version until that is certain enough for a promotion.`;
}

function compare({ baseline }: VerdictState, metric: AssessedMetric): string {
  const { canaryTotal, canaryBad, stableTotal, stableBad } = metric;
  const did =
    metric.metric === 'errors'
      ? ['failed', 'requests']
      : ['was slow in', 'measured requests'];
  return (
    `The new version ${did[0]} ${count(canaryBad)} of ${count(canaryTotal)} ${did[1]} (${percent(canaryBad / canaryTotal)}), ` +
    `the stable one ${count(stableBad)} of ${count(stableTotal)} ${baseline ? 'before ' : ''}(${percent(stableBad / stableTotal)}).`
  );
}
