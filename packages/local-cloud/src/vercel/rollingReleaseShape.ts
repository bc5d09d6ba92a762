import type {
  Deployment,
  Project,
  RollingReleaseConfig,
  RollingStage,
} from './model';
import type { Presenter } from './presentation';
import { canaryPercentage } from './rollingStages';
import type { VercelStores } from './store';

const SECONDS_A_MINUTE = 60;

/** Writes a project's configuration of rolling releases as the API does. */
export function configShape(config: RollingReleaseConfig | undefined) {
  return config ? { target: 'production', ...config } : null;
}

/** Writes a project's last rolling release as the API does; null without one. */
export function releaseShape(
  project: Project,
  context: {
    presenter: Presenter;
    stores: VercelStores;
    minuteMillis: number;
  },
) {
  const { rollingRelease: release } = project;
  if (!release) return null;
  const { presenter, stores, minuteMillis } = context;
  const stages = release.config.stages.map(stageShape);
  const isActive = release.state === 'ACTIVE';
  const describe = (id: string) => {
    const deployment = stores.deployments.find(id);
    return deployment ? deploymentShape(deployment, presenter) : null;
  };
  return {
    state: release.state,
    substate: null,
    advancementType: stages.some(stage => stage.requireApproval)
      ? 'manual-approval'
      : 'automatic',
    currentDeployment: describe(release.baseDeploymentId),
    canaryDeployment: describe(release.canaryDeploymentId),
    queuedDeploymentId: release.queuedDeploymentId ?? null,
    stages,
    activeStage:
      release.state === 'ABORTED' ? null : stages[release.activeStageIndex],
    nextStage: isActive ? (stages[release.activeStageIndex + 1] ?? null) : null,
    ...(isActive && {
      currentCanaryPercentage: canaryPercentage(
        release,
        Date.now(),
        minuteMillis,
      ),
    }),
    startedAt: release.startedAt,
    updatedAt: release.updatedAt,
  };
}

/** Here a duration is in seconds, whereas the configuration has minutes. */
function stageShape(stage: RollingStage, index: number) {
  return {
    index,
    targetPercentage: stage.targetPercentage,
    isFinalStage: stage.targetPercentage === 100,
    requireApproval: stage.requireApproval ?? false,
    duration:
      stage.duration === undefined ? null : stage.duration * SECONDS_A_MINUTE,
    linearShift: stage.linearShift ?? false,
  };
}

function deploymentShape(deployment: Deployment, presenter: Presenter) {
  return {
    id: deployment.id,
    name: deployment.name,
    url: presenter.deploymentUrl(deployment),
    target: deployment.target ?? null,
    source: deployment.source === 'api' ? undefined : deployment.source,
    createdAt: deployment.createdAt,
    readyState: deployment.state,
    readyStateAt: deployment.readyAt,
  };
}
