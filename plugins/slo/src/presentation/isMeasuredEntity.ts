import type { Entity } from '@backstage/catalog-model';
import { ANNOTATION_VERCEL_PROJECT_ID } from '@forkyard/plugin-deployments-common';
import { ANNOTATION_SLO, DEFAULT_SLO_PATH } from '@forkyard/plugin-slo-common';

/** Tells whether an entity has traffic that is measured, or names an OpenSLO file. */
export function isMeasuredEntity(entity: Entity): boolean {
  const { annotations = {} } = entity.metadata;
  return (
    Boolean(annotations[ANNOTATION_VERCEL_PROJECT_ID]) ||
    annotations[ANNOTATION_SLO] !== undefined
  );
}

/** Gives the path of the OpenSLO file in the entity's repository. */
export function sloFilePath(entity: Entity): string {
  return entity.metadata.annotations?.[ANNOTATION_SLO] || DEFAULT_SLO_PATH;
}
