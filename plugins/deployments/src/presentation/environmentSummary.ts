import type { Status } from '@forkyard/frontend-kit';
import type {
  EntityDeploymentStatus,
  EnvironmentStatus,
  RolloutSummary,
} from '@forkyard/plugin-deployments-common';
import { deploymentName, environmentTitle, isRunning } from './deploymentWords';
import { judgePin } from './pin';
import { approvalLabel, stateLabel, summarizeRollout } from './rolloutWords';
import { findTakenBack } from './takenBack';

export interface Summary {
  status: Status;
  /** Stands for the word of the status, where that says too much. */
  label?: string;
  /** Answers how the environment is, in one sentence. */
  sentence: string;
}

/** Says in a status and a sentence how one environment is. */
export function summarizeEnvironment(environment: EnvironmentStatus): Summary {
  const { live, latest, rollout } = environment;
  const place = environmentTitle(environment.environment);
  const current = live && deploymentName(live);
  if (rollout) {
    const { status, words } = summarizeRollout(rollout);
    return {
      status,
      label: status === 'waiting' ? waitingLabel(rollout) : undefined,
      sentence: `${words}: ${shareSentence(environment, rollout)}.`,
    };
  }
  if (latest && isRunning(latest)) {
    const verb =
      latest.state === 'queued' ? 'is queued for' : 'is building for';
    return {
      status: 'in-progress',
      sentence: `${deploymentName(latest)} ${verb} ${environment.environment}${
        current ? `; ${current} serves until it is ready` : ''
      }.`,
    };
  }
  if (latest?.state === 'failed') {
    return live
      ? {
          status: 'degraded',
          sentence: `The newest deployment, ${deploymentName(latest)}, failed; ${current} still serves.`,
        }
      : {
          status: 'failing',
          sentence: `${deploymentName(latest)} failed, and nothing serves in ${environment.environment}.`,
        };
  }
  if (live) {
    return {
      status: 'healthy',
      sentence: `${place} serves ${current}${afterwards(environment)}.`,
    };
  }
  return {
    status: 'unknown',
    sentence: latest
      ? `Nothing serves in ${environment.environment}; the newest deployment, ${deploymentName(latest)}, was never sent traffic.`
      : `Nothing has been deployed to ${environment.environment} yet.`,
  };
}

/** Not everybody who reads it is waited for. */
function waitingLabel({ state }: RolloutSummary): string {
  return state === 'paused' ? stateLabel(state) : approvalLabel;
}

/** What somebody who reads only the sentence must not overlook. */
function afterwards(environment: EnvironmentStatus): string {
  const { latest } = environment;
  const pinned =
    judgePin(environment) === 'none' ? '' : ', pinned by a rollback';
  if (!latest) return pinned;
  return findTakenBack(latest, environment)?.how === 'taken-back'
    ? `${pinned}; the newest, ${deploymentName(latest)}, was taken back`
    : pinned;
}

/** Which share of the traffic goes where. */
function shareSentence(
  { environment, live, latest }: EnvironmentStatus,
  { deploymentId, percent }: RolloutSummary,
): string {
  const version = [latest, live].find(known => known?.id === deploymentId);
  const name = version ? deploymentName(version) : 'the new version';
  if (percent === 0) return `${name} has none of ${environment}'s traffic yet`;
  return percent >= 100
    ? `${name} has all of ${environment}'s traffic`
    : `${name} has ${percent} % of ${environment}'s traffic`;
}

/** Production first, previews last, the others between them by name. */
export function sortEnvironments(
  environments: EnvironmentStatus[],
): EnvironmentStatus[] {
  const rank = ({ environment }: EnvironmentStatus) =>
    ({ production: 0, preview: 2 })[environment] ?? 1;
  return [...environments].sort(
    (a, b) =>
      rank(a) - rank(b) || a.environment.localeCompare(b.environment, 'en'),
  );
}

/** The environment that the overview speaks of: production, else the first. */
export function mainEnvironment(
  status: EntityDeploymentStatus,
): EnvironmentStatus | undefined {
  return sortEnvironments(status.environments)[0];
}

/** Whether something moves, so that the page should look more often. */
export function isMoving(status: EntityDeploymentStatus | undefined): boolean {
  return Boolean(
    status?.environments.some(
      ({ latest, rollout }) => rollout || (latest && isRunning(latest)),
    ),
  );
}
