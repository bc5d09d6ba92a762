import type { Entity } from '@backstage/catalog-model';
import { ANNOTATION_VERCEL_PROJECT_ID } from '@forkyard/plugin-cost-common';

/** Tells whether an entity names a project that a provider charges for. */
export function isChargedEntity(entity: Entity): boolean {
  return Boolean(entity.metadata.annotations?.[ANNOTATION_VERCEL_PROJECT_ID]);
}

/** Tells whether an entity is a team, which owns what is charged. */
export function isGroup(entity: Entity): boolean {
  return entity.kind.toLowerCase() === 'group';
}
