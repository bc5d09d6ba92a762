import type { Status } from '@forkyard/frontend-kit';
import {
  actorName,
  type ApprovalRefusal,
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

export const waitsForOthers = 'Waiting for somebody else';

const refusalWords: Record<ApprovalRefusal, string> = {
  asker:
    'You asked for this rollout yourself, so somebody else has to approve it.',
  author: 'You wrote this commit: somebody else has to approve.',
  pusher:
    'You pushed this commit or had it deployed: somebody else has to approve.',
  contributor:
    'You wrote a commit that this version brings: somebody else has to approve.',
  stranger:
    'You are not in the catalog, so that you cannot be told apart from who wrote this commit: somebody else has to approve.',
  outsider:
    'Who wrote the commits of this version is not known, so one of its owners has to approve.',
  forbidden:
    'You may not approve or reject this: another entity, on which you may not act, has the same project.',
  over: 'It was decided meanwhile, or the time to decide is over.',
};

/** Who reads, and what is known of whether they may approve. */
interface ApprovalReader {
  reader: string | undefined;
  /** As the backend judged; absent when nothing is known to be in the way. */
  refusal?: ApprovalRefusal;
}

/** Says why a reader may not approve, by what the backend judged. */
export function describeRefusal(refusal: ApprovalRefusal): string {
  return refusalWords[refusal];
}

/** Says why the reader may not decide so; nothing when they may. A rejection needs no second person. */
export function refusalOfDecision(
  decision: 'approved' | 'rejected',
  approval: RolloutApproval,
  options: ApprovalReader & { mayApprove: boolean },
): string | undefined {
  if (!options.mayApprove) {
    return 'You may not approve or reject rollouts of this component. Its owners may.';
  }
  const refusal = refusalTo(approval, options);
  const isOfBoth = refusal === 'forbidden' || refusal === 'over';
  return refusal && (decision === 'approved' || isOfBoth)
    ? describeRefusal(refusal)
    : undefined;
}

/** Says how a rollout is to one reader: whether an approval waits for them. */
export function describeRolloutTo(
  options: ApprovalReader,
  rollout: RolloutDetail,
): { status: Status; label: string } {
  const described = describeRollout(rollout);
  const asked = rollout.approvals.find(({ state }) => state === 'pending');
  return described.label === approvalLabel && asked && refusalTo(asked, options)
    ? { ...described, label: waitsForOthers }
    : described;
}

/** Says whom a pending approval waits for. */
export function describePending(
  approval: RolloutApproval,
  options: ApprovalReader,
): string {
  return refusalTo(approval, options)
    ? waitsForOthers
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

/** That somebody asked for it themselves is known without asking the backend. */
function refusalTo(
  { requestedBy }: RolloutApproval,
  { reader, refusal }: ApprovalReader,
): ApprovalRefusal | undefined {
  const isAsker =
    reader !== undefined &&
    requestedBy.toLocaleLowerCase('en') === reader.toLocaleLowerCase('en');
  return refusal ?? (isAsker ? 'asker' : undefined);
}
