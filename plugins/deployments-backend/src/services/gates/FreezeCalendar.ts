import type { AuthService } from '@backstage/backend-plugin-api';
import {
  getCompoundEntityRef,
  parseEntityRef,
  RELATION_OWNED_BY,
  RELATION_PART_OF,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  findFreezeEnd,
  isFrozen,
  type FreezeScope,
  type FreezeWindow,
} from './freezeWindows';

/** Label by which an entity says how critical it is. */
const TIER_LABEL = 'forkyard.dev/tier';

const PRODUCTION = 'production';

/**
 * Answers whether production of an entity is frozen, by the configured windows.
 */
export class FreezeCalendar {
  constructor(
    private readonly options: {
      windows: FreezeWindow[];
      catalog: CatalogService;
      auth: AuthService;
      now?: () => Date;
    },
  ) {}

  /**
   * The freeze that holds now, and when the entity is free of all of them. The
   * catalog is asked only when a window that holds is for some entities.
   */
  async findFreeze(request: {
    entityRef: string;
    environment: string;
  }): Promise<{ name: string; until: string } | undefined> {
    if (request.environment !== PRODUCTION) return undefined;
    const now = this.options.now?.() ?? new Date();
    const { windows } = this.options;
    if (!windows.some(window => isFrozen(window, now))) return undefined;
    const own = await this.#filterOwn(windows, request.entityRef);
    const holding = own.find(window => isFrozen(window, now));
    return (
      holding && {
        name: holding.name,
        until: findFreezeEnd(own, now).toISOString(),
      }
    );
  }

  async #filterOwn(
    windows: FreezeWindow[],
    entityRef: string,
  ): Promise<FreezeWindow[]> {
    if (windows.every(({ entities }) => !entities)) return windows;
    const { catalog, auth } = this.options;
    const entity = await catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (!entity) {
      throw new NotFoundError(
        `Entity '${entityRef}' is not in the catalog, so that it is not known which freezes concern it.`,
      );
    }
    return windows.filter(
      ({ entities }) => !entities || isInScope(entity, entities),
    );
  }
}

function isInScope(entity: Entity, scope: FreezeScope): boolean {
  const related = (type: string) =>
    (entity.relations ?? [])
      .filter(relation => relation.type === type)
      .map(({ targetRef }) => stringifyEntityRef(parseEntityRef(targetRef)));
  const tier = entity.metadata.labels?.[TIER_LABEL];
  const matches = (wanted: string[] | undefined, present: string[]) =>
    !wanted || present.some(value => wanted.includes(value));
  return (
    matches(scope.refs, [stringifyEntityRef(getCompoundEntityRef(entity))]) &&
    matches(scope.owners, related(RELATION_OWNED_BY)) &&
    matches(scope.systems, related(RELATION_PART_OF)) &&
    matches(scope.tiers, tier ? [tier] : [])
  );
}
