import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import {
  NotFoundError,
  ServiceUnavailableError,
  assertError,
  isError,
} from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { backOffSeconds } from '@forkyard/plugin-deployments-common';
import type {
  DeploymentProvider,
  ProjectRef,
} from '@forkyard/plugin-deployments-node';
import type { DeploymentsStore } from '../database/DeploymentsStore';
import type {
  ClaimedEntity,
  ReconcileOutcome,
  TrackedEntitiesStore,
  TrackedEntity,
} from '../database/TrackedEntitiesStore';
import type { DeploymentAnnouncer } from './DeploymentAnnouncer';
import { ProjectObserver } from './ProjectObserver';
import type { ProviderRegistry } from './ProviderRegistry';
import type { StagingService } from './rollouts/StagingService';
import { SharedRuns } from './SharedRuns';

/** While something is queued or building, it is looked at this often. */
const BUSY_INTERVAL_SECONDS = 2;
/** A build that takes longer is looked at no more often than the rest. */
const BUSY_AT_MOST_MS = 60 * 60_000;
/** Longer than a look takes with every call timing out once. */
const LEASE_SECONDS = 120;
/** Entities that one process asks about at the same time. */
const CONCURRENCY = 4;

/**
 * Brings the projection in line with what the providers tell.
 *
 * Several processes and requests may do so for one entity at once: the store
 * merges their observations one after the other by the time of the question.
 * Leases only keep replicas from doing the same work twice.
 */
export class ReconcileService {
  readonly #observer: ProjectObserver;
  readonly #runs = new SharedRuns();

  constructor(
    private readonly options: {
      tracked: TrackedEntitiesStore;
      deployments: DeploymentsStore;
      providers: ProviderRegistry;
      announcer: DeploymentAnnouncer;
      staging: Pick<StagingService, 'noteSeen'>;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
      reconcileSeconds: number;
    },
  ) {
    this.#observer = new ProjectObserver(options);
  }

  /**
   * Asks about every entity that is due, until none is. A provider's failure
   * is kept on the entity; a failure of our own database is thrown.
   */
  async reconcileDue(signal?: AbortSignal): Promise<void> {
    const work = async () => {
      while (!signal?.aborted) {
        const [claimed] = await this.options.tracked.claimDue({
          limit: 1,
          leaseSeconds: LEASE_SECONDS,
        });
        if (!claimed) return;
        await this.#reconcileClaimed(claimed);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  /**
   * Asks about one entity now. Throws when its provider cannot answer.
   */
  async reconcileEntity({ entityRef }: { entityRef: string }): Promise<void> {
    await this.#runs.run(entityRef, async () => {
      const entities = await this.options.tracked.listByEntity(entityRef);
      if (entities.length === 0) {
        throw new NotFoundError(
          `Entity '${entityRef}' has no deployments to follow: none of its annotations names a project of an installed provider.`,
        );
      }
      for (const entity of entities) await this.#reconcileNow(entity);
    });
  }

  async #reconcileNow(entity: TrackedEntity): Promise<void> {
    const { tracked } = this.options;
    try {
      await tracked.recordOutcome(entity, await this.#reconcile(entity));
    } catch (error) {
      assertError(error);
      await tracked.recordOutcome(entity, this.#failed(entity, error));
      throw toUnavailable(error);
    }
  }

  async #reconcileClaimed(claimed: ClaimedEntity): Promise<void> {
    let outcome: ReconcileOutcome;
    try {
      outcome = await this.#reconcile(claimed);
    } catch (error) {
      assertError(error);
      outcome = this.#failed(claimed, error);
      this.options.logger.warn(
        `Could not reconcile '${claimed.entityRef}': ${error.message}`,
      );
    }
    if (!(await this.options.tracked.complete(claimed.leaseId, outcome))) {
      this.options.logger.info(
        `The lease on '${claimed.entityRef}' ran out; its successor decides when it is due`,
      );
    }
  }

  async #reconcile(entity: TrackedEntity): Promise<ReconcileOutcome> {
    const { tracked, deployments, providers, announcer, staging } =
      this.options;
    const askedAt = await tracked.now();
    const provider = providers.get(entity.provider);
    const project = entity.project ?? (await this.#resolve(entity, provider));
    const observation = await this.#observe(entity, provider, project, askedAt);
    const changes = await deployments.applyObservation(observation);
    await staging.noteSeen(observation);
    await announcer.announce(changes, askedAt);
    const unfinished = await deployments.listUnfinished(entity);
    const isBusy = unfinished.some(
      ({ createdAt }) =>
        askedAt.getTime() - Date.parse(createdAt) < BUSY_AT_MOST_MS,
    );
    return {
      succeeded: true,
      nextInSeconds: isBusy
        ? BUSY_INTERVAL_SECONDS
        : this.options.reconcileSeconds,
    };
  }

  async #observe(
    entity: TrackedEntity,
    provider: DeploymentProvider,
    project: ProjectRef,
    askedAt: Date,
  ) {
    try {
      return await this.#observer.observe({
        entityRef: entity.entityRef,
        lastSuccessAt: entity.lastSuccessAt,
        provider,
        project,
        askedAt,
      });
    } catch (error) {
      // A project of the same name may have been made anew under another id.
      if (isError(error) && error.name === 'NotFoundError') {
        await this.options.tracked.setProject(entity, undefined);
      }
      throw error;
    }
  }

  async #resolve(
    entity: TrackedEntity,
    provider: DeploymentProvider,
  ): Promise<ProjectRef> {
    const { catalog, auth, tracked } = this.options;
    const found = await catalog.getEntityByRef(entity.entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (!found) {
      throw new NotFoundError(
        `Entity '${entity.entityRef}' is not in the catalog: wait until it is registered again, or remove what refers to it.`,
      );
    }
    const project = await provider.resolveProject(found);
    if (!project) {
      throw new NotFoundError(
        `Entity '${entity.entityRef}' names no project at '${provider.id}': set its annotation '${provider.annotation}'.`,
      );
    }
    await tracked.setProject(entity, project);
    return project;
  }

  #failed(entity: TrackedEntity, error: Error): ReconcileOutcome {
    return {
      succeeded: false,
      error: error.message,
      nextInSeconds: backOffSeconds({
        intervalSeconds: this.options.reconcileSeconds,
        failures: entity.failures + 1,
      }),
    };
  }
}

/** What callers can do something about; every other failure is upstream's. */
const PASSED_ON = ['ConflictError', 'NotFoundError', 'ServiceUnavailableError'];

function toUnavailable(error: Error): Error {
  return PASSED_ON.includes(error.name)
    ? error
    : new ServiceUnavailableError('The provider could not be asked', error);
}
