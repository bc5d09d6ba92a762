import {
  DEFAULT_NAMESPACE,
  parseEntityRef,
  type CompoundEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  ANNOTATION_BASE,
  ANNOTATION_FORK_OF,
} from '@forkyard/plugin-forks-common';

/** `owner/repo`, then the commit the fork started from, if it is known. */
const basePattern =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]*)\/(?<repository>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)(?:@[0-9a-f]{7,64})?$/;

/** Stricter than the catalog's own parser, which takes `a:b:c/d/e`. */
const entityRefPattern =
  /^(?:[A-Za-z][A-Za-z0-9]*:)?(?:[a-z0-9-]+\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/**
 * Finds out which entity a fork started from.
 *
 * `forkyard.dev/fork-of` names the entity itself and wins. Without it the base
 * is taken to be the component with the name of the base's repository, which is
 * how base applications are registered.
 *
 * @returns undefined when the entity is no fork.
 * @throws InputError when the annotation cannot be understood.
 */
export function findBaseEntity(entity: Entity): CompoundEntityRef | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const forkOf = annotations[ANNOTATION_FORK_OF]?.trim();
  const base = annotations[ANNOTATION_BASE]?.trim();
  if (forkOf) {
    return parseForkOf(forkOf);
  }
  if (!base) {
    return undefined;
  }
  const repository = basePattern.exec(base)?.groups?.repository;
  if (!repository) {
    throw new InputError(
      `Annotation '${ANNOTATION_BASE}' is '${base}', which is not of the form owner/repo@sha`,
    );
  }
  return { kind: 'component', namespace: DEFAULT_NAMESPACE, name: repository };
}

function parseForkOf(forkOf: string): CompoundEntityRef {
  if (!entityRefPattern.test(forkOf)) {
    throw new InputError(
      `Annotation '${ANNOTATION_FORK_OF}' is '${forkOf}', which is not an entity reference such as component:default/base-app`,
    );
  }
  return parseEntityRef(forkOf, {
    defaultKind: 'component',
    defaultNamespace: DEFAULT_NAMESPACE,
  });
}
