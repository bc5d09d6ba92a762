import type { Entity } from '@backstage/catalog-model';

const projectSlugAnnotation = 'github.com/project-slug';

/** Tells whether an entity names the repository in which it can be scanned. */
export function isScannedEntity(entity: Entity): boolean {
  return (
    entity.kind.toLocaleLowerCase('en') === 'component' &&
    Boolean(entity.metadata.annotations?.[projectSlugAnnotation])
  );
}
