import { ConflictError } from '@backstage/errors';
import { actorName } from '@forkyard/plugin-deployments-common';
import type {
  NewTransition,
  RolloutChange,
  RolloutRecord,
} from '../../database/rollouts/RolloutStore';
import { end, findGate, sendBack } from './rolloutSteps';

/** Who asks for something, and what they say to it. */
export interface Asked {
  actor: string;
  comment?: string;
  now: Date;
}

/** What a person's request changes, or a `ConflictError` that says why not. */
export interface RequestedChange {
  change: RolloutChange;
  transition: NewTransition;
}

/** Keeps the traffic as it is until somebody resumes. */
export function pause(rollout: RolloutRecord, asked: Asked): RequestedChange {
  const { state, progress } = rollout;
  if (
    progress.ending ||
    (state !== 'checking' && state !== 'progressing' && state !== 'watching')
  ) {
    throw refuse(rollout, 'paused');
  }
  if (state === 'progressing' && !rollout.stageStartedAt) {
    throw new ConflictError(
      `Rollout '${rollout.id}' cannot be paused: its traffic is moving at this moment. Try again in a few seconds, or abort it.`,
    );
  }
  return write(rollout, asked, `Paused by ${actorName(asked.actor)}.`, {
    state: 'paused',
    progress: {
      ...progress,
      pausedFrom: state,
      pausedAt: asked.now.toISOString(),
    },
  });
}

/** Goes on where it was paused; the paused time does not count. */
export function resume(rollout: RolloutRecord, asked: Asked): RequestedChange {
  const { pausedFrom, pausedAt } = rollout.progress;
  if (rollout.state !== 'paused' || !pausedFrom) {
    throw refuse(rollout, 'resumed');
  }
  const pausedMs = pausedAt ? asked.now.getTime() - Date.parse(pausedAt) : 0;
  return write(rollout, asked, `Resumed by ${actorName(asked.actor)}.`, {
    state: pausedFrom,
    stageStartedAt:
      rollout.stageStartedAt &&
      new Date(Date.parse(rollout.stageStartedAt) + pausedMs).toISOString(),
    progress: {
      ...rollout.progress,
      pausedFrom: undefined,
      pausedAt: undefined,
    },
  });
}

/** Sends all traffic to the new version without waiting for the verdict. */
export function promote(rollout: RolloutRecord, asked: Asked): RequestedChange {
  const from = rollout.progress.pausedFrom ?? rollout.state;
  const gate =
    findGate(rollout.gates, 'failed') ?? findGate(rollout.gates, 'waiting');
  if (rollout.progress.ending) throw refuse(rollout, 'promoted');
  if (from === 'watching') {
    const { change, reason } = end(
      'promoted',
      `Promoted by ${actorName(asked.actor)} before the watch was over.`,
      { percent: 100 },
    );
    return write(rollout, asked, reason, change);
  }
  if (from !== 'progressing') throw refuse(rollout, 'promoted');
  if (gate) {
    throw new ConflictError(
      `Rollout '${rollout.id}' cannot be promoted: ${gate.reason}`,
    );
  }
  assertApproved(rollout);
  return write(
    rollout,
    asked,
    `Promoted by ${actorName(asked.actor)}: all traffic moves to it.`,
    {
      state: 'switching',
      stageIndex: undefined,
      stageStartedAt: undefined,
      progress: {
        ...rollout.progress,
        pausedFrom: undefined,
        pausedAt: undefined,
        movingSince: asked.now.toISOString(),
        isPromotedByPerson: true,
      },
    },
  );
}

/** Stages are skipped by a promotion; the second person they ask for is not. */
function assertApproved(rollout: RolloutRecord): void {
  const { id, plan, gates, stageIndex = 0, stageStartedAt } = rollout;
  const isApproved =
    stageStartedAt !== undefined &&
    gates.some(({ gate, state }) => gate === 'approval' && state === 'passed');
  const index = plan.stages.findIndex(
    ({ approval }, stage) =>
      approval && (stage > stageIndex || (stage === stageIndex && !isApproved)),
  );
  if (index < 0) return;
  throw new ConflictError(
    `Rollout '${id}' cannot be promoted: a second person has to approve it after stage ${index + 1}. Wait until that stage asks for it, or abort the rollout.`,
  );
}

/** Takes the traffic away, all of it, now. */
export function abort(
  rollout: RolloutRecord,
  asked: Asked,
  options: { reason: string; toDeploymentId?: string },
): RequestedChange {
  if (rollout.endedAt || rollout.progress.ending) {
    throw refuse(rollout, 'aborted');
  }
  const { actor, comment, now } = asked;
  const { reason, toDeploymentId } = options;
  const from = rollout.progress.pausedFrom ?? rollout.state;
  const step =
    from === 'queued' || from === 'checking'
      ? end('aborted', reason, { percent: 0, actor, comment })
      : sendBack(
          rollout,
          { now, measured: {} },
          {
            state: from === 'watching' ? 'rolled-back' : 'aborted',
            reason,
            actor,
            comment,
            toDeploymentId,
          },
        );
  return write(rollout, asked, step.reason, step.change);
}

function write(
  rollout: RolloutRecord,
  { actor, comment }: Asked,
  reason: string,
  change: RolloutChange & { state: NonNullable<RolloutChange['state']> },
): RequestedChange {
  const percent =
    change.state === 'switching' ? percentAfter(change) : rollout.percent;
  return {
    change: { ...change, reason },
    transition: {
      to: change.state,
      percent: change.percent ?? percent,
      actor,
      reason,
      comment,
      verdict: rollout.verdict,
      gates: rollout.gates.length > 0 ? rollout.gates : undefined,
    },
  };
}

function percentAfter({ progress }: RolloutChange): number {
  return progress?.ending ? 0 : 100;
}

function refuse(rollout: RolloutRecord, done: string): ConflictError {
  const next = rollout.endedAt
    ? 'Start another one.'
    : 'Wait for its next step, or abort it.';
  const state = rollout.progress.ending
    ? 'its traffic is being sent back'
    : `it is ${rollout.state}`;
  return new ConflictError(
    `Rollout '${rollout.id}' cannot be ${done}: ${state}. ${next}`,
  );
}
