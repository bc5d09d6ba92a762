import { parseEntityRef } from '@backstage/catalog-model';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import {
  isFinishedState,
  type BuildLogLine,
  type Deployment,
  type DeploymentsPage,
  type EntityDeploymentStatus,
  type ListDeploymentsRequest,
  type RollbackTargetRequest,
  type TrackedProject,
} from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import { z } from 'zod';
import type { BuildRequestsStore } from '../database/builds/BuildRequestsStore';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../database/DeploymentsStore';
import type { TrackedEntitiesStore } from '../database/TrackedEntitiesStore';
import { assertMayServe } from './assertMayServe';
import type { DeliveryService } from './delivery/DeliveryService';
import type { DeploymentAnnouncer } from './DeploymentAnnouncer';
import { DeploymentBuilds } from './DeploymentBuilds';
import type { DeliveryHistory } from './dora/DeliveryHistory';
import type {
  DeploymentRequest,
  DeploymentsService,
  DeploymentsServiceOptions,
  PromotionRequest,
} from './DeploymentsService';
import { createEntityStatus } from './entityStatus';
import type { ProviderRegistry } from './ProviderRegistry';
import type { ReconcileService } from './ReconcileService';
import type { DefaultRolloutsService } from './rollouts/DefaultRolloutsService';
import { findSharedPlan } from './rollouts/findSharedPlan';
import type { TrackingService } from './TrackingService';

const DEFAULT_LIMIT = 25;

const PROJECTS_LIMIT = 500;

const DEPLOYS_DAYS = 14;

const positionSchema = z.tuple([z.iso.datetime(), z.string()]);
const projectPositionSchema = z.tuple([z.string(), z.string()]);

/**
 * Answers from the projection and acts through the providers.
 */
export class DefaultDeploymentsService implements DeploymentsService {
  readonly #builds: DeploymentBuilds;

  constructor(
    private readonly options: {
      builds: BuildRequestsStore;
      deployments: DeploymentsStore;
      tracked: TrackedEntitiesStore;
      providers: ProviderRegistry;
      reconcile: ReconcileService;
      tracking: TrackingService;
      announcer: DeploymentAnnouncer;
      delivery: Pick<DeliveryService, 'getPlan' | 'listEnvironments'>;
      rollouts: DefaultRolloutsService;
      history: Pick<DeliveryHistory, 'countByDay'>;
    },
  ) {
    this.#builds = new DeploymentBuilds(options);
  }

  async listDeployments(
    request: ListDeploymentsRequest,
  ): Promise<DeploymentsPage> {
    const limit = request.limit ?? DEFAULT_LIMIT;
    const [createdAt, id] = request.cursor
      ? decodeCursor(positionSchema, request.cursor)
      : [];
    const found = await this.options.deployments.list({
      entityRef: request.entityRef,
      environment: request.environment,
      states: request.states,
      after:
        createdAt && id ? { createdAt: new Date(createdAt), id } : undefined,
      limit: limit + 1,
    });
    const items = found.slice(0, limit).map(withoutTeam);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        last && found.length > limit
          ? encodeCursor([last.createdAt, last.id])
          : undefined,
    };
  }

  async getDeployment(request: DeploymentRequest): Promise<Deployment> {
    return withoutTeam(await this.#get(request));
  }

  async listDeploymentEntities({ id }: { id: string }): Promise<string[]> {
    const found = await this.options.deployments.listById(id);
    return found.map(({ entityRef }) => entityRef);
  }

  async getEntityStatus({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityDeploymentStatus> {
    const { deployments, tracked } = this.options;
    const [environments, live, latest, trackedEntities, rollouts, byDay] =
      await Promise.all([
        deployments.listEnvironments(entityRef),
        deployments.listLive(entityRef),
        deployments.listLatest(entityRef),
        tracked.listByEntity(entityRef),
        this.options.rollouts.listActive({ entityRef }),
        this.options.history.countByDay({ entityRef, days: DEPLOYS_DAYS }),
      ]);
    return createEntityStatus({
      entityRef,
      environments,
      live: live.map(withoutTeam),
      latest: latest.map(withoutTeam),
      tracked: trackedEntities,
      rollouts,
      deploysByDay: byDay,
    });
  }

  async streamBuildLog(
    request: DeploymentRequest & { follow: boolean; signal: AbortSignal },
  ): Promise<AsyncIterable<BuildLogLine>> {
    const deployment = await this.#get(request);
    return this.options.providers
      .get(deployment.provider)
      .streamBuildLog(projectOf(deployment), deployment.externalId, {
        follow: request.follow && !isFinishedState(deployment.state),
        signal: request.signal,
      });
  }

  async redeploy(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment> {
    const deployment = await this.#get(request);
    return this.getDeployment(await this.#builds.redeploy(deployment, options));
  }

  /**
   * Moves production's traffic at once where its plan is `direct`; otherwise it
   * starts a rollout, which moves it as far as the checks and the verdict allow.
   * What was built for another environment has that one's settings, so its
   * commit is built anew, and rolled out by production's plan where that is the
   * target.
   */
  async promoteDeployment(
    request: PromotionRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment> {
    const { rollouts } = this.options;
    const deployment = await this.#get(request);
    const target = await this.#builds.findTarget(
      deployment,
      request.environment,
    );
    if (deployment.environment !== target) {
      return this.getDeployment(
        await this.#builds.deployTo(deployment, target, options),
      );
    }
    assertMayServe(deployment, 'promoted');
    const { plan, deployment: guarded } = await findSharedPlan(
      this.options,
      deployment,
      { fresh: true, isNamed: true },
    );
    if (plan.strategy === 'direct') {
      return this.#moveTraffic(deployment, 'promote');
    }
    await rollouts.startRollout(
      { entityRef: guarded.entityRef, deploymentId: deployment.id },
      options,
    );
    return withoutTeam(deployment);
  }

  async getRollbackTarget(request: RollbackTargetRequest): Promise<Deployment> {
    const stable = await this.options.rollouts.findStableInRollout(request);
    if (stable) {
      return this.getDeployment({ id: stable, entityRef: request.entityRef });
    }
    const found = await this.options.deployments.findPreviouslyLive(request);
    if (!found) {
      throw new NotFoundError(
        `There is nothing to go back to in '${request.environment}' of '${parseEntityRef(request.entityRef).name}': no older deployment that was live is still ready. Redeploy an older commit instead.`,
      );
    }
    return withoutTeam(found);
  }

  /**
   * Moves the traffic at once, whatever the plan says, and ends a rollout that
   * is under way. While a canary shares the traffic, the stable version may be
   * named too: it gets all of it.
   */
  async rollbackToDeployment(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Deployment> {
    const deployment = await this.#get(request);
    const project = projectOf(deployment);
    const provider = this.options.providers.get(deployment.provider);
    const [split, environments] = await Promise.all([
      provider.canary?.getCanary(project),
      provider.listEnvironments(project),
    ]);
    // Asked now, because the projection may lag behind a switch of seconds ago.
    const live = environments.some(
      ({ environment, liveExternalId }) =>
        environment === deployment.environment &&
        liveExternalId === deployment.externalId,
    );
    const isSplit =
      split?.state === 'active' &&
      split.canaryExternalId !== deployment.externalId;
    if (!isSplit || !live) {
      assertMayServe({ ...deployment, live }, 'rolled back to');
    }
    if (!deployment.liveSince) {
      throw new ConflictError(
        `Deployment '${deployment.id}' cannot be rolled back to: it has never been live. Promote it instead.`,
      );
    }
    if (!live) await this.options.rollouts.assertNotTakenBack(deployment);
    await this.options.rollouts.endForRollback(deployment, options);
    if (isSplit) {
      await provider.canary?.abortCanary(project, {
        externalId: split.canaryExternalId,
      });
      if (split.stableExternalId === deployment.externalId) {
        return this.#lookAgain(deployment);
      }
    }
    return this.#moveTraffic(deployment, 'rollback');
  }

  async listProjects(request: {
    cursor?: string;
    limit?: number;
  }): Promise<{ items: TrackedProject[]; nextCursor?: string }> {
    const limit = request.limit ?? PROJECTS_LIMIT;
    const [entityRef, provider] = request.cursor
      ? decodeCursor(projectPositionSchema, request.cursor)
      : [];
    const found = await this.options.tracked.listProjects({
      after: entityRef && provider ? { entityRef, provider } : undefined,
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        last && found.length > limit
          ? encodeCursor([last.entityRef, last.provider])
          : undefined,
    };
  }

  async #moveTraffic(
    deployment: HeldDeployment,
    how: 'promote' | 'rollback',
  ): Promise<Deployment> {
    await this.options.providers
      .get(deployment.provider)
      [how](projectOf(deployment), deployment.externalId);
    return this.#lookAgain(deployment);
  }

  async #lookAgain(deployment: HeldDeployment): Promise<Deployment> {
    try {
      await this.options.reconcile.reconcileEntity(deployment);
    } catch {
      // The traffic moved all the same; the next look will show it.
      await this.options.tracked.requestReconcile(projectOf(deployment));
    }
    return this.getDeployment(deployment);
  }

  async reconcileEntity(request: {
    entityRef: string;
  }): Promise<EntityDeploymentStatus> {
    await this.options.tracking.trackEntity(request);
    await this.options.reconcile.reconcileEntity(request);
    return this.getEntityStatus(request);
  }

  async #get({ id, entityRef }: DeploymentRequest): Promise<HeldDeployment> {
    const found = (await this.options.deployments.listById(id)).find(
      deployment => !entityRef || deployment.entityRef === entityRef,
    );
    if (!found) {
      throw new NotFoundError(
        `Deployment '${id}' is not known. If it is new, it appears after the next look at its provider.`,
      );
    }
    return found;
  }
}

function projectOf(deployment: HeldDeployment): ProjectRef {
  return {
    provider: deployment.provider,
    projectId: deployment.projectId,
    teamId: deployment.teamId,
  };
}

function withoutTeam({ teamId: _, ...deployment }: HeldDeployment): Deployment {
  return deployment;
}
