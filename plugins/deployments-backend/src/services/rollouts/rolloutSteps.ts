import type { RolloutGate } from '@forkyard/plugin-deployments-common';
import type {
  RolloutEnding,
  RolloutRecord,
} from '../../database/rollouts/RolloutStore';
import type { RolloutFacts, RolloutLimits, RolloutStep } from './RolloutFacts';
import { versionName } from './versionName';

type GoStep = RolloutStep & { kind: 'go' };

/** Who acts when nobody asked. */
export const FORKYARD = 'forkyard';

export function wait(reason: string, isHeld = false): RolloutStep {
  return { kind: 'wait', reason, isHeld };
}

/** Ends a rollout whose version has no traffic that is ours to move. */
export function end(
  state: 'promoted' | 'aborted' | 'rolled-back',
  reason: string,
  options: { percent: number; actor?: string; comment?: string },
): GoStep {
  const { percent, ...by } = options;
  return {
    kind: 'go',
    reason,
    change: {
      state,
      percent,
      stageIndex: undefined,
      stageStartedAt: undefined,
    },
    ...by,
  };
}

/** Ends a rollout that somebody else took the traffic from. */
export function endTakenAway(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const serving = facts.live ? versionName(facts.live) : 'nothing';
  return end(
    'aborted',
    `Somebody took its traffic away outside of this rollout; ${serving} serves now.${describeMet(rollout, facts)}`,
    { percent: 0 },
  );
}

/** Begins to send all traffic to the new version. */
export function switchOver(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  reason: string,
): RolloutStep {
  return {
    kind: 'go',
    reason,
    change: {
      state: 'switching',
      stageIndex: undefined,
      stageStartedAt: undefined,
      progress: {
        ...rollout.progress,
        ...facts.measured.progress,
        movingSince: facts.now.toISOString(),
      },
    },
  };
}

/**
 * Begins to send all traffic back. The rollout ends when the provider shows
 * that it is there.
 */
export function sendBack(
  rollout: RolloutRecord,
  facts: Pick<RolloutFacts, 'now' | 'measured'>,
  ending: Omit<RolloutEnding, 'actor'> & { actor?: string },
): GoStep {
  const actor = ending.actor ?? FORKYARD;
  return {
    kind: 'go',
    reason: `${ending.reason} All traffic is sent back.`,
    actor,
    comment: ending.comment,
    change: {
      state: 'switching',
      stageIndex: undefined,
      stageStartedAt: undefined,
      progress: {
        ...rollout.progress,
        ...facts.measured.progress,
        movingSince: facts.now.toISOString(),
        pausedFrom: undefined,
        pausedAt: undefined,
        ending: { ...ending, actor },
      },
    },
  };
}

/** Begins a stage of a canary, of which the traffic is to be moved. */
export function enterStage(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  stageIndex: number,
  reason: string,
): RolloutStep {
  return {
    kind: 'go',
    reason,
    change: {
      state: 'progressing',
      stageIndex,
      stageStartedAt: undefined,
      progress: {
        ...rollout.progress,
        ...facts.measured.progress,
        movingSince: facts.now.toISOString(),
      },
    },
  };
}

/** Tells whether the provider had long enough to move the traffic. */
export function isOverdue(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  limits: RolloutLimits,
): boolean {
  const { movingSince } = rollout.progress;
  return (
    movingSince !== undefined &&
    facts.now.getTime() - Date.parse(movingSince) > limits.moveMinutes * 60_000
  );
}

export function findGate(
  gates: RolloutGate[],
  state: RolloutGate['state'],
): RolloutGate | undefined {
  return gates.find(gate => gate.state === state);
}

/** Says how many requests met the new version, for whoever asks afterwards. */
export function describeMet(rollout: RolloutRecord, facts: RolloutFacts) {
  const { counting } = { ...rollout.progress, ...facts.measured.progress };
  if (!counting) return '';
  const { requests, errors } = counting.met;
  const format = new Intl.NumberFormat('en-US');
  return ` ${format.format(requests)} ${requests === 1 ? 'request' : 'requests'} met the new version, ${format.format(errors)} of them failed.`;
}
