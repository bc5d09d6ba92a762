import { isError } from '@backstage/errors';
import type { CanaryTraffic } from '@forkyard/plugin-deployments-node';
import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import type { ProviderRegistry } from '../ProviderRegistry';
import { externalIdOf } from './externalIdOf';
import type { RolloutFacts, TrafficMove } from './RolloutFacts';

/**
 * Moves traffic at the provider. Each move is safe to repeat.
 */
export class RolloutMover {
  constructor(private readonly options: { providers: ProviderRegistry }) {}

  async move(rollout: RolloutRecord, move: TrafficMove): Promise<void> {
    const { project } = rollout;
    const provider = this.options.providers.get(project.provider);
    const externalId = externalIdOf(rollout.deploymentId);
    const canary = () => provider.canary as CanaryTraffic;
    switch (move.how) {
      case 'start-canary':
        return canary().startCanary(project, {
          externalId,
          percentages: rollout.plan.stages.map(({ percent }) => percent),
        });
      case 'advance-canary':
        return canary().advanceCanary(project, {
          externalId,
          stageIndex: move.stageIndex,
        });
      case 'complete-canary':
        return canary().completeCanary(project, { externalId });
      case 'abort-canary':
        return canary().abortCanary(project, { externalId });
      case 'promote':
        return provider.promote(project, externalId);
      default:
        return provider.rollback(project, externalIdOf(move.toDeploymentId));
    }
  }

  /**
   * Takes away what a canary left at the provider, whoever ended it and however
   * far it came, because it would split the traffic of the next promotion.
   */
  async tidy(rollout: RolloutRecord, facts: RolloutFacts): Promise<void> {
    const { project, plan, progress, deploymentId } = rollout;
    const { canary } = this.options.providers.get(project.provider);
    const isAnothers =
      facts.split?.state === 'active' &&
      facts.split.canaryDeploymentId !== deploymentId;
    const isGone = facts.measured.progress?.goneSince !== undefined;
    const hadCanary = plan.strategy === 'canary' && progress.counting;
    if (!canary || !hadCanary || isAnothers || isGone) return;
    const request = { externalId: externalIdOf(rollout.deploymentId) };
    const isLive = facts.live?.deploymentId === rollout.deploymentId;
    try {
      await (isLive
        ? canary.completeCanary(project, request)
        : canary.abortCanary(project, request));
    } catch (error) {
      const isDone =
        isError(error) &&
        ['ConflictError', 'NotFoundError'].includes(error.name);
      if (!isDone) throw error;
    }
  }
}
