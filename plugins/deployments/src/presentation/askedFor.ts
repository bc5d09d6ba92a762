import type {
  Rollout,
  RolloutDetail,
  RolloutTransition,
} from '@forkyard/plugin-deployments-common';

/** What a person asked of a rollout, and Forkyard has not done yet. */
export interface AskedFor {
  what: 'promote' | 'abort' | 'go-on';
  at: string;
  /** User entity ref. */
  actor: string;
}

/** Longer than a tick of the controller and an answer of the provider take. */
const usualSeconds = 10;

/**
 * Finds what somebody asked for and the traffic does not show yet. What nobody
 * asked for moves by itself, and is none of this.
 */
export function findAskedFor(rollout: RolloutDetail): AskedFor | undefined {
  const { state, gates, approvals } = rollout;
  const move = lastMove(rollout);
  if (move && isPerson(move.actor)) {
    return {
      what: move.percent === 0 ? 'abort' : 'promote',
      at: move.at,
      actor: move.actor,
    };
  }
  const isWaiting =
    (state === 'checking' || state === 'progressing') &&
    gates.some(
      ({ gate, state: given }) => gate === 'approval' && given === 'waiting',
    );
  const [approval] = approvals;
  return isWaiting &&
    approval?.state === 'approved' &&
    approval.stageIndex === rollout.stageIndex &&
    approval.decidedBy &&
    approval.decidedAt
    ? { what: 'go-on', at: approval.decidedAt, actor: approval.decidedBy }
    : undefined;
}

const wishes: Record<AskedFor['what'], { asked: string; effect: string }> = {
  promote: { asked: 'asked to promote it', effect: 'All traffic moves' },
  abort: { asked: 'asked to abort it', effect: 'All traffic goes back' },
  'go-on': { asked: 'approved it', effect: 'It goes on' },
};

/** Says what follows, and when at the latest; after that, that it takes longer. */
export function describeAskedFor(
  { what, at }: AskedFor,
  now: Date,
): { asked: string; effect: string } {
  const { asked, effect } = wishes[what];
  const isLate = now.getTime() - Date.parse(at) > usualSeconds * 1_000;
  return {
    asked,
    effect: isLate
      ? `${effect} as soon as the provider does its part; it takes longer than usual.`
      : `${effect} within ${usualSeconds} s.`,
  };
}

/** Whether all traffic is being sent back, by whomever. */
export function isSentBack(
  rollout: Pick<RolloutDetail, 'state' | 'transitions'>,
): boolean {
  return lastMove(rollout)?.percent === 0;
}

/** What moves all traffic now. An approval may be written down after it. */
function lastMove({
  state,
  transitions,
}: Pick<RolloutDetail, 'state' | 'transitions'>):
  RolloutTransition | undefined {
  if (state !== 'switching') return undefined;
  return [...transitions]
    .reverse()
    .find(({ from, to, percent }) => from !== to || percent % 100 === 0);
}

/**
 * Shows at once what the API answered to an action, until the rollout itself
 * is read again.
 */
export function withAnswer(
  rollout: RolloutDetail,
  answer: Rollout,
  asked: { actor: string; at: string; comment?: string; percent: number },
): RolloutDetail {
  const transition: RolloutTransition = {
    id: `asked-${asked.at}`,
    from: rollout.state,
    to: answer.state,
    reason: answer.reason,
    ...asked,
  };
  return {
    ...rollout,
    ...answer,
    transitions: [...rollout.transitions, transition],
  };
}

function isPerson(actor: string): boolean {
  return actor !== 'forkyard';
}
