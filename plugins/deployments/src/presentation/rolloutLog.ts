import {
  actorName,
  type RolloutApproval,
  type RolloutDetail,
  type RolloutTransition,
} from '@forkyard/plugin-deployments-common';
import { describeApproval, stateLabel } from './rolloutWords';

/** One line of what happened to a rollout. */
export interface LogEntry {
  id: string;
  at: string;
  title: string;
  /** Share of the traffic from then on; absent when it was not about traffic. */
  percent?: number;
  actor: string;
  reason?: string;
  comment?: string;
}

/** The log is written within seconds of the decision that it tells of. */
const sameDecisionMs = 5_000;

/**
 * Puts what happened in order, oldest first: transitions, and who approved or
 * rejected, which older rollouts keep beside their transitions only.
 */
export function logEntries(rollout: RolloutDetail): LogEntry[] {
  const { transitions, approvals } = rollout;
  const told = transitions.map(transition => {
    const approval = approvals.find(given => tells(transition, given));
    return approval
      ? {
          ...toEntry(transition),
          title: describeApproval(approval).label,
          percent: undefined,
        }
      : toEntry(transition);
  });
  const others = approvals
    .filter(given => !transitions.some(transition => tells(transition, given)))
    .flatMap(approval => toDecision(approval) ?? []);
  return [...told, ...others].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
}

function toEntry(transition: RolloutTransition): LogEntry {
  const { id, at, from, to, percent, actor, reason, comment } = transition;
  const title =
    from && from !== to
      ? `${stateLabel(from)} → ${stateLabel(to)}`
      : stateLabel(to);
  return { id, at, title, percent, actor, reason, comment };
}

function toDecision(approval: RolloutApproval): LogEntry | undefined {
  const { id, decidedAt, decidedBy, comment, requestedBy } = approval;
  if (!decidedAt || !decidedBy) return undefined;
  return {
    id: `approval-${id}`,
    at: decidedAt,
    title: describeApproval(approval).label,
    actor: decidedBy,
    reason: `${actorName(requestedBy)} had asked for it.`,
    comment,
  };
}

/** Whether a transition is the line of the log for a decision. */
function tells(
  { at, from, to, actor }: RolloutTransition,
  { decidedAt, decidedBy }: RolloutApproval,
): boolean {
  return (
    from === to &&
    actor === decidedBy &&
    Math.abs(Date.parse(at) - Date.parse(decidedAt ?? '')) < sameDecisionMs
  );
}
