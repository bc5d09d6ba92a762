import type { Status } from '@forkyard/frontend-kit';
import type { RolloutDetail } from '@forkyard/plugin-deployments-common';
import { isSentBack } from './askedFor';
import { hasEnded } from './rolloutWords';

export interface RolloutStep {
  key: string;
  label: string;
  /** What holds it, for example "5 min at least, then an approval". */
  note: string;
  state: 'done' | 'current' | 'ahead' | 'ended-here';
}

export const stepStatus: Record<RolloutStep['state'], Status> = {
  done: 'healthy',
  current: 'in-progress',
  ahead: 'unknown',
  'ended-here': 'failing',
};

/** Lists what a rollout goes through, and where it is. */
export function rolloutSteps(rollout: RolloutDetail): RolloutStep[] {
  const { plan } = rollout;
  const stages = plan.strategy === 'canary' ? plan.stages : [];
  const steps = [
    {
      key: 'checks',
      label: 'Checks',
      note: plan.approval
        ? 'and an approval, before any traffic'
        : 'before any traffic',
    },
    ...stages.map(({ percent, minutes, approval }, index) => ({
      key: `stage-${index}`,
      label: `${percent} %`,
      note: `${minutes} min at least${approval ? ', then an approval' : ''}`,
    })),
    {
      key: 'all',
      label: '100 %',
      note:
        plan.watchMinutes > 0
          ? `watched for ${plan.watchMinutes} min`
          : 'not watched',
    },
  ];
  const at = positionOf(rollout, stages);
  const ended = hasEnded(rollout);
  return steps.map((step, index) => {
    if (rollout.state === 'promoted' || index < at) {
      return { ...step, state: 'done' };
    }
    if (index > at || rollout.state === 'queued') {
      return { ...step, state: 'ahead' };
    }
    return { ...step, state: ended ? 'ended-here' : 'current' };
  });
}

/** Index of the step in which a rollout is, or in which it ended. */
function positionOf(
  rollout: RolloutDetail,
  stages: { percent: number }[],
): number {
  const last = stages.length + 1;
  const { state, stageIndex, transitions } = rollout;
  if (
    !isSentBack(rollout) &&
    ['switching', 'watching', 'promoted', 'rolled-back'].includes(state)
  ) {
    return last;
  }
  if (stageIndex !== undefined) return Math.min(stageIndex + 1, last);
  // The stage is no longer told once traffic went back: the most it had tells.
  const most = Math.max(
    rollout.percent,
    ...transitions.map(({ percent }) => percent),
  );
  if (most >= 100) return last;
  return stages.filter(({ percent }) => percent <= most).length;
}
