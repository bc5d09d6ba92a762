import { ConflictError, isError } from '@backstage/errors';
import {
  isFinishedState,
  listPromotionTargets,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
} from '@forkyard/plugin-deployments-node';
import type { BuildRequestsStore } from '../database/builds/BuildRequestsStore';
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
import { actorOf } from './actorOf';
import type { ProviderRegistry } from './ProviderRegistry';

const PRODUCTION = 'production';

/** What a provider throws when it has made nothing; else that is not known. */
const REFUSALS = ['ConflictError', 'InputError'];

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
      builds: BuildRequestsStore;
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
    return this.#build(
      deployment,
      { environment: deployment.environment, isShared: false },
      options,
      (provider, project) => provider.redeploy(project, externalId),
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
    return this.#build(
      deployment,
      { environment, isShared: true },
      options,
      async (provider, project, key) => {
        if (environment !== PRODUCTION) {
          await provider.ensureEnvironment?.(project, { environment });
        }
        return provider.deployTo(project, { externalId, environment, key });
      },
    );
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

  /**
   * Has something built, and shows it before the next look. Who asked is noted
   * before the provider is, because they are the first person then: whatever
   * happens in between, the deployment finds its asker. A build for the same that
   * is under way is given by what was stored, not by what a mark on it says.
   */
  async #build(
    deployment: HeldDeployment,
    wanted: { environment: string; isShared: boolean },
    options: DeploymentsServiceOptions,
    build: (
      provider: DeploymentProvider,
      project: ProjectRef,
      key: string,
    ) => Promise<ProviderDeployment>,
  ): Promise<DeploymentRequest> {
    const { builds, deployments, providers, tracked, announcer } = this.options;
    const { entityRef, projectId, teamId } = deployment;
    const project = { provider: deployment.provider, projectId, teamId };
    const { environment, isShared } = wanted;
    const actor = actorOf(options.credentials);
    const askedAt = await tracked.now();
    const { key, isNew, deploymentId } = await builds.note(
      {
        entityRef,
        project,
        environment,
        sourceId: deployment.id,
        commitSha: deployment.commit?.sha,
        actor,
      },
      { isShared },
    );
    if (deploymentId) {
      await tracked.requestReconcile(project);
      return { id: deploymentId, entityRef };
    }
    const created = await build(
      providers.get(project.provider),
      project,
      `build:${key}`,
    ).catch(async error => {
      if (isNew && isError(error) && REFUSALS.includes(error.name)) {
        await builds.withdraw(key);
      }
      throw error;
    });
    const id = `${project.provider}:${created.externalId}`;
    await builds.confirm(key, { deploymentId: id, actor });
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
