import { actorName, type Rollout } from '@forkyard/plugin-deployments-common';
import type {
  ApprovalsStore,
  HeldApproval,
} from '../../database/gates/ApprovalsStore';
import type { GateOutcome } from '../../database/gates/GateResultsStore';
import { formatTime } from './formatTime';
import type { GateNotifier } from './GateNotifier';

/**
 * Waits for a second person. It is asked last, when nothing else is in the way,
 * so that people decide about what could go ahead, having seen the whole stage,
 * and no approval expires behind a freeze.
 */
export class ApprovalGate {
  readonly name = 'approval';

  constructor(
    private readonly options: {
      approvals: ApprovalsStore;
      notifier: GateNotifier;
      expiresInHours: number;
    },
  ) {}

  /** Whether the rollout needs somebody's word now. */
  isNeeded({ plan, percent, stageIndex }: Rollout): boolean {
    return stageIndex === undefined
      ? percent === 0 && plan.approval
      : plan.stages[stageIndex]?.approval === true;
  }

  /** @param mayAsk - false while something else is in the way */
  async evaluate(rollout: Rollout, mayAsk: boolean): Promise<GateOutcome> {
    const { approvals, notifier, expiresInHours } = this.options;
    if (!mayAsk || isInStage(rollout)) {
      const asked = await approvals.listByRollout(rollout.id);
      if (!asked.some(({ stageIndex }) => stageIndex === rollout.stageIndex)) {
        return {
          state: 'waiting',
          reason: mayAsk
            ? 'A second person is asked when the time of the stage is over.'
            : 'A second person is asked when the other gates have passed.',
        };
      }
    }
    const approval = await approvals.request({
      rolloutId: rollout.id,
      entityRef: rollout.entityRef,
      environment: rollout.environment,
      stageIndex: rollout.stageIndex,
      requestedBy: rollout.createdBy,
      commit: rollout.commit,
      expiresInHours,
    });
    const decidedBy = actorName(approval.decidedBy ?? 'somebody');
    const expiresAt = formatTime(approval.expiresAt);
    switch (approval.state) {
      case 'approved':
        return decided('passed', `Approved by ${decidedBy}`, approval);
      case 'rejected':
        return decided('failed', `Rejected by ${decidedBy}`, approval);
      case 'expired':
        return {
          state: 'failed',
          reason: `Nobody approved it by ${expiresAt}. Start the rollout again to ask anew.`,
        };
      default:
        if (!approval.notified && (await notifier.askForApproval(approval))) {
          await approvals.markNotified(approval.id);
        }
        return {
          state: 'waiting',
          reason: `Waiting until ${expiresAt} for somebody else than ${actorName(approval.requestedBy)} to approve it.`,
        };
    }
  }
}

/** What people write to it is for those who see the rollout. */
function decided(
  state: GateOutcome['state'],
  said: string,
  { comment, note }: HeldApproval,
): GateOutcome {
  const reason = note
    ? `${said}. ${note}${comment ? ` Comment: ${comment}` : ''}`
    : `${said}${comment ? `: ${comment}` : '.'}`;
  return { state, reason, publicReason: `${said}.` };
}

function isInStage({ stageIndex, stageEndsAt }: Rollout): boolean {
  return (
    stageIndex !== undefined &&
    stageEndsAt !== undefined &&
    Date.now() < Date.parse(stageEndsAt)
  );
}
