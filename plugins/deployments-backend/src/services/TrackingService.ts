import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  findNoLongerAnnotated,
  walkAnnotatedEntities,
} from '@forkyard/backend-kit';
import type { DeploymentProvider } from '@forkyard/plugin-deployments-node';
import type { TrackedEntitiesStore } from '../database/TrackedEntitiesStore';
import type { ProviderRegistry } from './ProviderRegistry';

/** Entities looked at one by one in a pass before they are given up. */
const SINGLE_LOOKS = 100;

type EntityKey = { entityRef: string; provider: string };

/**
 * Decides whose deployments are followed: those of every entity that carries
 * the annotation of a provider.
 */
export class TrackingService {
  constructor(
    private readonly options: {
      tracked: TrackedEntitiesStore;
      providers: ProviderRegistry;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
    },
  ) {}

  /**
   * Finds what to follow in the catalog. What the catalog leaves out is given
   * up only when it definitely answers that the entity or its annotation is
   * gone; the deployments that are held stay.
   */
  async discoverEntities(signal?: AbortSignal): Promise<void> {
    for (const provider of this.options.providers.list()) {
      const seen = await this.#discover(provider, signal);
      const absent = (await this.options.tracked.list()).filter(
        ({ provider: id, entityRef }) =>
          id === provider.id && !seen.has(entityRef),
      );
      await this.#giveUp(provider, absent.slice(0, SINGLE_LOOKS));
    }
  }

  /** Follows an entity at once; does nothing while the catalog lacks it. */
  async trackEntity({ entityRef }: { entityRef: string }): Promise<void> {
    const { catalog, auth, tracked, providers } = this.options;
    const entity = await catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (!entity) return;
    await tracked.track(
      providers
        .list()
        .filter(provider => isAnnotated(entity, provider))
        .map(provider => toTracked(entity, provider)),
    );
  }

  async #discover(
    provider: DeploymentProvider,
    signal?: AbortSignal,
  ): Promise<Set<string>> {
    const { tracked } = this.options;
    return walkAnnotatedEntities({
      ...this.options,
      annotation: provider.annotation,
      signal,
      visit: entities =>
        tracked.track(entities.map(entity => toTracked(entity, provider))),
    });
  }

  async #giveUp(provider: DeploymentProvider, absent: EntityKey[]) {
    const { tracked, logger } = this.options;
    const gone = await findNoLongerAnnotated({
      ...this.options,
      annotation: provider.annotation,
      entityRefs: absent.map(({ entityRef }) => entityRef),
    });
    await tracked.untrack(
      gone.map(entityRef => ({ entityRef, provider: provider.id })),
    );
    for (const entityRef of gone) {
      logger.info(`No longer following the deployments of '${entityRef}'`);
    }
  }
}

function isAnnotated(entity: Entity, provider: DeploymentProvider): boolean {
  return Boolean(entity.metadata.annotations?.[provider.annotation]);
}

function toTracked(entity: Entity, provider: DeploymentProvider) {
  return {
    entityRef: stringifyEntityRef(entity),
    provider: provider.id,
    etag: entity.metadata.etag,
  };
}
