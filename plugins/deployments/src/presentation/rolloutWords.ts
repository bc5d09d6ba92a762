import type { Status } from '@forkyard/frontend-kit';
import type {
  Deployment,
  Rollout,
  RolloutApproval,
  RolloutDetail,
  RolloutGate,
  RolloutGateName,
  RolloutPlan,
  RolloutState,
  RolloutStrategy,
  RolloutSummary,
} from '@forkyard/plugin-deployments-common';
import { deploymentName } from './deploymentWords';

export const strategyWords: Record<RolloutStrategy, string> = {
  direct: 'Direct',
  'blue-green': 'Blue-green',
  canary: 'Canary',
};

const stateWords: Record<RolloutState, { status: Status; label: string }> = {
  queued: { status: 'in-progress', label: 'Queued' },
  checking: { status: 'in-progress', label: 'Checking' },
  progressing: { status: 'in-progress', label: 'Progressing' },
  switching: { status: 'in-progress', label: 'Switching' },
  watching: { status: 'in-progress', label: 'Watching' },
  paused: { status: 'waiting', label: 'Paused' },
  promoted: { status: 'healthy', label: 'Promoted' },
  'rolled-back': { status: 'failing', label: 'Rolled back' },
  aborted: { status: 'failing', label: 'Aborted' },
};

const gateWords: Record<RolloutGateName, string> = {
  ci: 'Continuous integration',
  security: 'Security findings',
  'smoke-test': 'Smoke test',
  schema: 'Schema compatibility',
  approval: 'Approval by a second person',
  freeze: 'Freeze window',
  'error-budget': 'Error budget',
};

/** What is waited for, after "waiting for". */
const waitWords: Record<RolloutGateName, string> = {
  ci: 'continuous integration',
  security: 'its security findings',
  'smoke-test': 'its smoke test',
  schema: 'its schema check',
  approval: 'approval',
  freeze: 'the end of a freeze',
  'error-budget': 'the error budget',
};

const gateStateWords: Record<
  RolloutGate['state'],
  { status: Status; label: string }
> = {
  passed: { status: 'healthy', label: 'Passed' },
  waiting: { status: 'in-progress', label: 'Waiting' },
  failed: { status: 'failing', label: 'Failed' },
  skipped: { status: 'unknown', label: 'Skipped' },
};

const approvalWords: Record<
  RolloutApproval['state'],
  { status: Status; label: string }
> = {
  pending: { status: 'waiting', label: 'Pending' },
  approved: { status: 'healthy', label: 'Approved' },
  rejected: { status: 'failing', label: 'Rejected' },
  expired: { status: 'unknown', label: 'Expired' },
};

export const approvalLabel = 'Waiting for approval';

/** Tells whether a rollout is over for good. */
export function hasEnded({ state }: Pick<Rollout, 'state'>): boolean {
  return ['promoted', 'rolled-back', 'aborted'].includes(state);
}

/** Puts a rollout's state into the words of the status language. */
export function describeRollout(rollout: Rollout): {
  status: Status;
  label: string;
} {
  if (!hasEnded(rollout) && waitsForApproval(rollout)) {
    return { status: 'waiting', label: approvalLabel };
  }
  return stateWords[rollout.state];
}

export function stateLabel(state: RolloutState): string {
  return stateWords[state].label;
}

export function describeGate({ gate, state }: RolloutGate): {
  name: string;
  status: Status;
  label: string;
} {
  const asksPeople = gate === 'approval' && state === 'waiting';
  return {
    name: gateWords[gate],
    ...gateStateWords[state],
    ...(asksPeople && { status: 'waiting' }),
  };
}

export function describeApproval({ state }: RolloutApproval): {
  status: Status;
  label: string;
} {
  return approvalWords[state];
}

/** The new version of a rollout, as lines of commits want it. */
export function newVersion(
  rollout: Pick<Rollout, 'commit' | 'deploymentId'>,
): Pick<Deployment, 'commit' | 'externalId'> {
  return {
    commit: rollout.commit,
    externalId: withoutProvider(rollout.deploymentId),
  };
}

/** What served before the rollout, when anything did. */
export function stableVersion(
  rollout: Pick<Rollout, 'stableCommit' | 'stableDeploymentId'>,
): Pick<Deployment, 'commit' | 'externalId'> | undefined {
  return rollout.stableDeploymentId === undefined
    ? undefined
    : {
        commit: rollout.stableCommit,
        externalId: withoutProvider(rollout.stableDeploymentId),
      };
}

/** Names a rollout's new version by its commit, else by its deployment. */
export function rolloutName(
  rollout: Pick<Rollout, 'commit' | 'deploymentId'>,
): string {
  return deploymentName(newVersion(rollout));
}

/** "Canary of 9ab02e1 to production". */
export function rolloutTitle(rollout: Rollout): string {
  return `${strategyWords[rollout.plan.strategy]} of ${rolloutName(rollout)} to ${rollout.environment}`;
}

/** Says for a dialog what it was opened on: "“progressing with 10 % of the traffic”". */
export function describeProgress(rollout: Rollout): string {
  const { label } = describeRollout(rollout);
  return `“${label.toLocaleLowerCase('en')} with ${rollout.percent} % of the traffic”`;
}

/** Says in a few words how far a rollout is: "Canary 25 %", "Blue-green, waiting for approval". */
export function summarizeRollout(rollout: RolloutSummary): {
  status: Status;
  words: string;
} {
  const strategy = strategyWords[rollout.strategy];
  const { status, label } = stateWords[rollout.state];
  const moves = rollout.state === 'progressing' || rollout.state === 'paused';
  const share = moves ? ` ${rollout.percent} %` : '';
  const { waitingFor } = rollout;
  if (waitingFor && ['checking', 'progressing'].includes(rollout.state)) {
    return {
      status: waitingFor === 'approval' ? 'waiting' : status,
      words: `${strategy}${share}, waiting for ${waitWords[waitingFor]}`,
    };
  }
  const state =
    rollout.state === 'progressing' ? '' : `, ${label.toLocaleLowerCase('en')}`;
  return { status, words: `${strategy}${share}${state}` };
}

/** "10 %, 50 %, then all; watched for 10 min". */
export function describePlan(plan: RolloutPlan): string {
  const watched =
    plan.watchMinutes > 0
      ? `watched for ${plan.watchMinutes} min`
      : 'not watched afterwards';
  const approval = plan.approval ? '; a second person approves first' : '';
  if (plan.strategy === 'direct') return `all traffic at once${approval}`;
  // Kept on one line: a number and its unit.
  const shares = plan.stages.map(({ percent }) => `${percent}\u00a0%`);
  const way =
    plan.strategy === 'canary' && shares.length > 0
      ? `${shares.join(', ')}, then all`
      : 'checked without traffic, then all at once';
  return `${way}; ${watched}${approval}`;
}

/** The approval that somebody could give now. */
export function pendingApproval(
  rollout: RolloutDetail,
  now: Date,
): RolloutApproval | undefined {
  if (hasEnded(rollout)) return undefined;
  return rollout.approvals.find(
    ({ state, expiresAt }) =>
      state === 'pending' && Date.parse(expiresAt) > now.getTime(),
  );
}

/** The gate that waits first is the one whose reason is told. */
function waitsForApproval({ gates }: Rollout): boolean {
  return gates.find(({ state }) => state === 'waiting')?.gate === 'approval';
}

function withoutProvider(deploymentId: string): string {
  return deploymentId.slice(deploymentId.indexOf(':') + 1);
}
