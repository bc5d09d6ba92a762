import type {
  Deployment,
  EntityDeploymentStatus,
  RolloutGateName,
  RolloutState,
  RolloutSummary,
} from '@forkyard/plugin-deployments-common';
import type { Fork } from '@forkyard/plugin-forks-common';
import type { ForkProjection } from '../database/ForkStore';

/**
 * Reduces what deployments tell of a fork to one word and a sentence.
 *
 * Pure. What production serves is what counts; what is being built is a word only
 * when nothing is served yet, and a rollout when nothing is wrong. When the provider could not be asked and nothing is
 * known, the status stays as it was.
 */
export function describeForkStatus(
  fork: Pick<Fork, 'status' | 'statusReason' | 'live'>,
  status: EntityDeploymentStatus,
): ForkProjection {
  const production = status.environments.find(
    ({ environment }) => environment === 'production',
  );
  if (!production?.live && !production?.latest) {
    if (status.staleReason) {
      return {
        status: 'unknown',
        statusReason: `Its deployments are not known: ${status.staleReason}`,
        live: fork.live,
      };
    }
    return fork.live
      ? {
          status: fork.status,
          statusReason: fork.statusReason,
          live: fork.live,
        }
      : { status: 'unknown', statusReason: 'Nothing has been deployed yet' };
  }
  const { live, latest, rollout } = production;
  const deployed = describeDeployments(live, latest);
  return {
    ...(rollout && deployed.status === 'healthy'
      ? describeRollout(rollout, latest)
      : deployed),
    live: live && toLiveVersion(live),
    productionUrl: production.url,
    deploysByDay: status.deploysByDay,
  };
}

function describeDeployments(
  live: Deployment | undefined,
  latest: Deployment | undefined,
): Pick<ForkProjection, 'status' | 'statusReason'> {
  const failed = latest?.state === 'failed';
  if (live && failed) {
    return {
      status: 'degraded',
      statusReason: `The newest deployment${shaOf(latest)} failed;${shaOf(live) || ' the one before'} is still live`,
    };
  }
  if (live) {
    const building = latest?.state === 'building' || latest?.state === 'queued';
    return {
      status: 'healthy',
      statusReason: building
        ? `Live${shaOf(live)};${shaOf(latest) || ' a new version'} is being built`
        : `Live${shaOf(live)}`,
    };
  }
  if (failed) {
    return {
      status: 'failing',
      statusReason: `The deployment${shaOf(latest)} failed and nothing is live`,
    };
  }
  if (latest?.state === 'building' || latest?.state === 'queued') {
    return { status: 'in-progress', statusReason: 'It is being deployed' };
  }
  return { status: 'unknown', statusReason: 'Nothing is live in production' };
}

const strategies = {
  direct: 'Rollout',
  'blue-green': 'Blue-green',
  canary: 'Canary',
};

/** What somebody must do before a rollout goes on. */
const waits: Partial<Record<RolloutGateName, string>> = {
  approval: 'for approval',
  'error-budget': 'because the error budget is spent',
  freeze: 'for the end of a freeze',
};

const steps: Partial<Record<RolloutState, string>> = {
  queued: 'waits for the rollout before it',
  checking: 'is being checked',
  switching: 'is getting all traffic',
  watching: 'has all traffic and is watched',
};

function describeRollout(
  { deploymentId, percent, state, strategy, waitingFor }: RolloutSummary,
  latest: Deployment | undefined,
): Pick<ForkProjection, 'status' | 'statusReason'> {
  const name = `${strategies[strategy]}${latest?.id === deploymentId ? shaOf(latest) : ''}`;
  const wanted = waitingFor && waits[waitingFor];
  if (wanted) {
    return { status: 'waiting', statusReason: `${name} waits ${wanted}` };
  }
  if (state === 'paused') {
    return {
      status: 'waiting',
      statusReason: `${name} is paused at ${percent} %`,
    };
  }
  const stage =
    state === 'progressing'
      ? `has ${percent} % of the traffic`
      : (steps[state] ?? `is ${state}`);
  return { status: 'in-progress', statusReason: `${name} ${stage}` };
}

function shaOf(deployment: Deployment | undefined): string {
  const sha = deployment?.commit?.sha;
  return sha ? ` ${sha.slice(0, 7)}` : '';
}

function toLiveVersion(live: Deployment): NonNullable<Fork['live']> {
  return {
    deploymentId: live.id,
    sha: live.commit?.sha,
    message: live.commit?.message,
    author: live.commit?.author,
    since: live.liveSince ?? live.readyAt ?? live.createdAt,
  };
}
