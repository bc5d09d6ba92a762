import { ConflictError } from '@backstage/errors';
import {
  isFinishedState,
  listPromotionTargets,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
} from '@forkyard/plugin-deployments-node';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../database/DeploymentsStore';
import type { TrackedEntitiesStore } from '../database/TrackedEntitiesStore';
import type { DeliveryService } from './delivery/DeliveryService';
import type { DeploymentAnnouncer } from './DeploymentAnnouncer';
import type {
  DeploymentRequest,
  DeploymentsServiceOptions,
} from './DeploymentsService';
import type { ProviderRegistry } from './ProviderRegistry';
import type { DefaultRolloutsService } from './rollouts/DefaultRolloutsService';

const PRODUCTION = 'production';

/**
 * Has commits built anew, for the same environment or for a later one. Each
 * method gives the new deployment, which the projection has by then.
 */
export class DeploymentBuilds {
  constructor(
    private readonly options: {
      deployments: DeploymentsStore;
      tracked: TrackedEntitiesStore;
      providers: ProviderRegistry;
      announcer: DeploymentAnnouncer;
      delivery: Pick<DeliveryService, 'listEnvironments'>;
      rollouts: Pick<DefaultRolloutsService, 'noteAsker'>;
    },
  ) {}

  async redeploy(
    deployment: HeldDeployment,
    options: DeploymentsServiceOptions,
  ): Promise<DeploymentRequest> {
    const { id, state, externalId } = deployment;
    if (!isFinishedState(state)) {
      throw new ConflictError(
        `Deployment '${id}' cannot be deployed again: it is still ${state}. Wait until it is finished.`,
      );
    }
    if (state === 'deleted') {
      throw new ConflictError(
        `Deployment '${id}' cannot be deployed again: it was deleted at ${deployment.provider}. Redeploy a newer one, or push its commit.`,
      );
    }
    return this.#build(deployment, options, (provider, project) =>
      provider.redeploy(project, externalId),
    );
  }

  /** Builds it for a later environment, which is made when it is not there. */
  async deployTo(
    deployment: HeldDeployment,
    environment: string,
    options: DeploymentsServiceOptions,
  ): Promise<DeploymentRequest> {
    const { id, externalId, state } = deployment;
    if (state !== 'ready') {
      throw new ConflictError(
        `Deployment '${id}' cannot be promoted to '${environment}': it is ${state}. Choose one that is ready.`,
      );
    }
    return this.#build(deployment, options, async (provider, project) => {
      if (environment !== PRODUCTION) {
        await provider.ensureEnvironment?.(project, { environment });
      }
      return provider.deployTo(project, { externalId, environment });
    });
  }

  /** Gives the environment to promote to, by default the next; never back. */
  async findTarget(
    { id, entityRef, environment: from }: HeldDeployment,
    environment: string | undefined,
  ): Promise<string> {
    const targets = listPromotionTargets({
      environments:
        from === PRODUCTION
          ? []
          : await this.options.delivery.listEnvironments({ entityRef }),
      from,
    });
    if (environment && !targets.includes(environment)) {
      throw new ConflictError(
        `Deployment '${id}' of '${from}' cannot be promoted to '${environment}': from there it goes on to ${targets.join(' or ')}. Name the environment in forkyard.yaml, or redeploy what it has.`,
      );
    }
    return environment ?? targets[0];
  }

  /** Has something built, and shows it before the next look. */
  async #build(
    deployment: HeldDeployment,
    options: DeploymentsServiceOptions,
    build: (
      provider: DeploymentProvider,
      project: ProjectRef,
    ) => Promise<ProviderDeployment>,
  ): Promise<DeploymentRequest> {
    const { deployments, providers, tracked, announcer } = this.options;
    const { entityRef, projectId, teamId } = deployment;
    const project = { provider: deployment.provider, projectId, teamId };
    const askedAt = await tracked.now();
    const created = await build(providers.get(project.provider), project);
    const id = `${project.provider}:${created.externalId}`;
    await this.options.rollouts.noteAsker(id, options);
    const changes = await deployments.applyObservation({
      entityRef,
      project,
      askedAt,
      deployments: [created],
      environments: [],
    });
    await tracked.requestReconcile(project);
    await announcer.announce(changes, askedAt);
    return { id, entityRef };
  }
}
