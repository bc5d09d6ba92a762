import type { Status } from '@forkyard/frontend-kit';
import {
  actorName,
  type Rollout,
  type RolloutApproval,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import {
  approvalLabel,
  describeRollout,
  hasEnded,
  stateLabel,
} from './rolloutWords';

/** Says why the reader may not decide so; nothing when they may. A rejection needs no second person. */
export function refusalOfDecision(
  decision: 'approved' | 'rejected',
  approval: RolloutApproval,
  options: { reader: string | undefined; mayApprove: boolean },
): string | undefined {
  if (!options.mayApprove) {
    return 'You may not approve or reject rollouts of this component. Its owners may.';
  }
  return decision === 'approved' && isSame(approval.requestedBy, options.reader)
    ? 'You asked for this rollout yourself, so somebody else has to approve it.'
    : undefined;
}

/** Says how a rollout is to one reader: who asked for an approval cannot give it. */
export function describeRolloutTo(
  reader: string | undefined,
  rollout: RolloutDetail,
): { status: Status; label: string } {
  const described = describeRollout(rollout);
  const asked = rollout.approvals.find(({ state }) => state === 'pending');
  return described.label === approvalLabel &&
    asked &&
    isSame(asked.requestedBy, reader)
    ? { ...described, label: 'Waiting for somebody else' }
    : described;
}

/** Says whom a pending approval waits for. */
export function describePending(
  approval: RolloutApproval,
  reader: string | undefined,
): string {
  return isSame(approval.requestedBy, reader)
    ? 'Waiting for somebody else'
    : 'Waiting for a second person';
}

/** Says what an approval lets happen. */
export function afterApproval(
  rollout: Rollout,
  approval: RolloutApproval,
): string {
  const { plan, environment } = rollout;
  const stages = plan.strategy === 'canary' ? plan.stages : [];
  const next =
    approval.stageIndex === undefined
      ? stages[0]
      : stages[approval.stageIndex + 1];
  return next
    ? `Once approved, the new version gets ${next.percent} % of ${environment}'s traffic.`
    : `Once approved, the new version gets all of ${environment}'s traffic.`;
}

/** Says why an approval that was pending is so no more. */
export function describeDecided(
  rollout: RolloutDetail,
  asked: RolloutApproval,
): string {
  const now = rollout.approvals.find(({ id }) => id === asked.id);
  if (now?.decidedBy && now.state !== 'pending') {
    return `${actorName(now.decidedBy)} ${now.state} it meanwhile.`;
  }
  if (hasEnded(rollout)) {
    return `The rollout has ended: ${stateLabel(rollout.state).toLocaleLowerCase('en')}.`;
  }
  return 'The time to decide is over; somebody has to be asked again.';
}

function isSame(requestedBy: string, reader: string | undefined): boolean {
  return (
    reader !== undefined &&
    requestedBy.toLocaleLowerCase('en') === reader.toLocaleLowerCase('en')
  );
}
