import type {
  DailyDeploys,
  Deployment,
  EntityDeploymentStatus,
  EnvironmentStatus,
  Rollout,
  RolloutSummary,
} from '@forkyard/plugin-deployments-common';
import type { HeldEnvironment } from '../database/DeploymentsStore';
import type { TrackedEntity } from '../database/TrackedEntitiesStore';

/** Production comes first, because it is what people ask about. */
const FIRST_ENVIRONMENT = 'production';

/**
 * Puts together what an entity's environments serve and how fresh that is.
 */
export function createEntityStatus(options: {
  entityRef: string;
  environments: HeldEnvironment[];
  live: Deployment[];
  latest: Deployment[];
  tracked: TrackedEntity[];
  /** Those that have not ended. */
  rollouts: Rollout[];
  deploysByDay: DailyDeploys[];
}): EntityDeploymentStatus {
  const { entityRef, environments, live, latest, tracked, rollouts } = options;
  const names = new Set([
    ...environments.map(({ environment }) => environment),
    ...latest.map(({ environment }) => environment),
  ]);
  return {
    entityRef,
    environments: [...names].sort(compareEnvironments).map(name =>
      createEnvironmentStatus({
        held: environments.find(({ environment }) => environment === name),
        name,
        live,
        latest: latest.find(({ environment }) => environment === name),
        rollouts: rollouts.filter(({ environment }) => environment === name),
      }),
    ),
    asOf: oldest(tracked),
    staleReason: tracked.find(({ lastError }) => lastError)?.lastError,
    deploysByDay: options.deploysByDay,
  };
}

function createEnvironmentStatus(options: {
  name: string;
  held?: HeldEnvironment;
  live: Deployment[];
  latest?: Deployment;
  rollouts: Rollout[];
}): EnvironmentStatus {
  const { name, held, latest, rollouts } = options;
  const live = options.live.find(({ id }) => id === held?.liveDeploymentId);
  return {
    environment: name,
    live,
    latest: latest?.id === live?.id ? undefined : latest,
    url: held?.aliases[0],
    pinned: held?.pinned,
    rollout: summarize(
      rollouts.find(({ state }) => state !== 'queued') ?? rollouts[0],
    ),
  };
}

function summarize(rollout: Rollout | undefined): RolloutSummary | undefined {
  return (
    rollout && {
      id: rollout.id,
      deploymentId: rollout.deploymentId,
      strategy: rollout.plan.strategy,
      state: rollout.state,
      percent: rollout.percent,
      waitingFor: rollout.gates.find(({ state }) => state === 'waiting')?.gate,
    }
  );
}

function compareEnvironments(left: string, right: string): number {
  if (left === right) return 0;
  if (left === FIRST_ENVIRONMENT) return -1;
  if (right === FIRST_ENVIRONMENT) return 1;
  return left.localeCompare(right);
}

/** An entity with two providers is as fresh as the one not asked longest. */
function oldest(tracked: TrackedEntity[]): string | undefined {
  const times = tracked.map(({ lastSuccessAt }) => lastSuccessAt?.getTime());
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return new Date(Math.min(...(times as number[]))).toISOString();
}
