import {
  actorName,
  type RolloutApproval,
  type RolloutGate,
} from '@forkyard/plugin-deployments-common';
import type {
  RolloutRecord,
  RolloutStore,
} from '../../database/rollouts/RolloutStore';
import { formatTime } from '../gates/formatTime';
import { FORKYARD } from './rolloutSteps';

/** Stands for the approval before any traffic, beside those after stages. */
const BEFORE_TRAFFIC = -1;

/**
 * Writes into the log of a rollout that an approval is asked for, once for each
 * and with the time at which it was: whoever decided sooner than this was
 * written is shown after it all the same.
 */
export class ApprovalLog {
  constructor(
    private readonly options: {
      approvals: {
        listApprovals(request: {
          rolloutId: string;
        }): Promise<RolloutApproval[]>;
      };
      rollouts: Pick<RolloutStore, 'update'>;
    },
  ) {}

  /**
   * Gives the rollout as it is after that was written; undefined when there was
   * nothing to write, or somebody else wrote meanwhile.
   */
  async note(
    rollout: RolloutRecord,
    { gates, leaseId }: { gates: RolloutGate[]; leaseId: string },
  ): Promise<RolloutRecord | undefined> {
    const { approvals, rollouts } = this.options;
    const { id, state, percent, stageIndex, progress } = rollout;
    const stage = stageIndex ?? BEFORE_TRAFFIC;
    const mayBeAsked =
      progress.approvalAskedFor !== stage &&
      isWanted(rollout) &&
      gates.some(({ gate }) => gate === 'approval');
    if (!mayBeAsked) return undefined;
    const asked = await approvals.listApprovals({ rolloutId: id });
    const approval = asked.find(found => found.stageIndex === stageIndex);
    if (!approval) return undefined;
    return rollouts.update(rollout, {
      leaseId,
      change: { progress: { ...progress, approvalAskedFor: stage } },
      transition: {
        to: state,
        percent,
        at: approval.requestedAt,
        actor: FORKYARD,
        reason: describe(approval),
      },
    });
  }
}

/** Whether the plan has somebody asked before the next traffic. */
function isWanted({ plan, percent, stageIndex }: RolloutRecord): boolean {
  return stageIndex === undefined
    ? percent === 0 && plan.approval
    : plan.stages[stageIndex]?.approval === true;
}

function describe({
  stageIndex,
  requestedBy,
  expiresAt,
}: RolloutApproval): string {
  const when =
    stageIndex === undefined
      ? 'before any traffic'
      : `after stage ${stageIndex + 1}`;
  return `Approval is asked for: the plan wants that of a second person ${when}, who is neither ${actorName(requestedBy)} nor wrote or pushed what it brings. It may be given until ${formatTime(expiresAt)}.`;
}
