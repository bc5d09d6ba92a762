import { ServiceUnavailableError } from '@backstage/errors';
import type {
  ProjectRef,
  ProviderCanary,
} from '@forkyard/plugin-deployments-node';
import type { VercelRollingRelease } from './vercelSchemas';

const STATES = {
  ACTIVE: 'active',
  COMPLETE: 'complete',
  ABORTED: 'aborted',
} as const;

/**
 * Converts a rolling release of Vercel's, whose last stage is not one of the
 * percentages that a canary was started with.
 *
 * One that is over and whose deployments are gone tells nothing any more.
 */
export function mapCanary(
  project: ProjectRef,
  release: VercelRollingRelease,
): (ProviderCanary & { stages: number }) | undefined {
  const state = STATES[release.state];
  const stages = Math.max(release.stages.length - 1, 1);
  const canary = release.canaryDeployment?.id;
  const stable = release.currentDeployment?.id;
  if (!canary || !stable || (state === 'active' && !release.activeStage)) {
    if (state !== 'active') return undefined;
    throw new ServiceUnavailableError(
      `Vercel's answer about the rolling release of project '${project.projectId}' does not say between which deployments it splits the traffic. Try again.`,
    );
  }
  const stage = release.activeStage;
  return {
    canaryExternalId: canary,
    stableExternalId: stable,
    state,
    stages,
    stageIndex:
      state === 'complete'
        ? stages - 1
        : Math.min(stage?.index ?? 0, stages - 1),
    percent: {
      active: release.currentCanaryPercentage ?? stage?.targetPercentage ?? 0,
      complete: 100,
      aborted: 0,
    }[state],
  };
}
