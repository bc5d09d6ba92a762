import type { Entity } from '@backstage/catalog-model';
import { ANNOTATION_VERCEL_PROJECT_ID } from '@forkyard/plugin-deployments-common';
import { ANNOTATION_RUNBOOKS } from '@forkyard/plugin-incidents-common';

/** Tells whether something of an entity can fire, or it names runbooks. */
export function isOperatedEntity(entity: Entity): boolean {
  const { annotations = {} } = entity.metadata;
  return (
    annotations[ANNOTATION_RUNBOOKS] !== undefined ||
    Boolean(annotations[ANNOTATION_VERCEL_PROJECT_ID])
  );
}
