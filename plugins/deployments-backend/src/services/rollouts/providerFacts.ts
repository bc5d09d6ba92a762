import { isError } from '@backstage/errors';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import type { VersionView } from './ProviderVersions';
import type { RolloutFacts, TrafficSplit, VersionState } from './RolloutFacts';

/** Whether traffic may be split for it: it is, or is to be taken back. */
export function mayBeSplit({ state, progress }: RolloutRecord): boolean {
  return (
    progress.ending !== undefined ||
    ['progressing', 'switching'].includes(progress.pausedFrom ?? state)
  );
}

export async function findSplit(
  provider: DeploymentProvider,
  project: ProjectRef,
): Promise<TrafficSplit | undefined> {
  const split = await provider.canary?.getCanary(project);
  return (
    split && {
      canaryDeploymentId: `${provider.id}:${split.canaryExternalId}`,
      state: split.state,
      stageIndex: split.stageIndex,
      percent: split.percent,
    }
  );
}

export async function describeLive(
  rollout: RolloutRecord,
  provider: DeploymentProvider,
  view: VersionView,
  externalId: string | undefined,
): Promise<RolloutFacts['live']> {
  if (!externalId) return undefined;
  const deploymentId = `${provider.id}:${externalId}`;
  if (deploymentId === rollout.deploymentId) {
    return { deploymentId, isNewer: false };
  }
  const live = await view.look(deploymentId);
  return {
    deploymentId,
    commit: live?.commit,
    isNewer:
      live !== undefined &&
      live.createdAt.getTime() > Date.parse(rollout.deploymentCreatedAt),
  };
}

/** Undefined when the provider knows no such project. */
export async function listEnvironments(
  provider: DeploymentProvider,
  project: ProjectRef,
): Promise<ProviderEnvironment[] | undefined> {
  try {
    return await provider.listEnvironments(project);
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

export function withoutProject(
  rollout: RolloutRecord,
  now: Date,
): RolloutFacts {
  const goneSince = rollout.progress.goneSince ?? now.toISOString();
  return {
    now,
    candidate: 'gone',
    canSplit: false,
    gates: rollout.gates,
    alerts: [],
    measured: { progress: { ...rollout.progress, goneSince } },
  };
}

export function withProject(rollout: RolloutRecord): RolloutRecord {
  const { progress } = rollout;
  return progress.goneSince
    ? { ...rollout, progress: { ...progress, goneSince: undefined } }
    : rollout;
}

export function toVersionState(
  deployment: ProviderDeployment | undefined,
): VersionState {
  switch (deployment?.state) {
    case undefined:
    case 'deleted':
      return 'gone';
    case 'ready':
      return 'ready';
    case 'failed':
    case 'canceled':
      return 'failed';
    default:
      return 'unfinished';
  }
}
