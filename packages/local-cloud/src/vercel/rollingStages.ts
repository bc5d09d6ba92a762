import type { RollingRelease, RollingStage } from './model';

/** Tells when the active stage ends by itself; undefined when it does not. */
export function stageEndsAt(
  release: RollingRelease,
  minuteMillis: number,
): number | undefined {
  const stage = activeStage(release);
  return stage.duration === undefined || stage.requireApproval
    ? undefined
    : release.stageStartedAt + stage.duration * minuteMillis;
}

/** Share of the traffic that is the canary's at a time, 0 to 100. */
export function canaryPercentage(
  release: RollingRelease,
  now: number,
  minuteMillis: number,
): number {
  const { targetPercentage, linearShift, duration } = activeStage(release);
  const next = release.config.stages[release.activeStageIndex + 1];
  if (!linearShift || !duration || !next) return targetPercentage;
  const elapsed = (now - release.stageStartedAt) / (duration * minuteMillis);
  const shifted = Math.min(Math.max(elapsed, 0), 1);
  return (
    targetPercentage + (next.targetPercentage - targetPercentage) * shifted
  );
}

function activeStage({
  config,
  activeStageIndex,
}: RollingRelease): RollingStage {
  return config.stages[activeStageIndex];
}
