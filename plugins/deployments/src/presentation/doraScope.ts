import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { DoraScope } from '@forkyard/plugin-deployments-common';
import { isDeployedEntity } from './isDeployedEntity';

/**
 * Tells whose deliveries the page of an entity shows: a team's are those of
 * what it owns, a system's those of its parts.
 */
export function doraScopeOf(entity: Entity): DoraScope {
  const ref = stringifyEntityRef(entity);
  switch (entity.kind.toLowerCase()) {
    case 'group':
      return { ownerRef: ref };
    case 'system':
      return { systemRef: ref };
    default:
      return { entityRef: ref };
  }
}

/** Tells whether an entity delivers, or stands for several that may. */
export function isDeliveringEntity(entity: Entity): boolean {
  return isDeployedEntity(entity) || !doraScopeOf(entity).entityRef;
}
