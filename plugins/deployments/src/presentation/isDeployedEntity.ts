import type { Entity } from '@backstage/catalog-model';
import { ANNOTATION_VERCEL_PROJECT_ID } from '@forkyard/plugin-deployments-common';

/** Tells whether an entity names a project at a provider. */
export function isDeployedEntity(entity: Entity): boolean {
  return Boolean(entity.metadata.annotations?.[ANNOTATION_VERCEL_PROJECT_ID]);
}
