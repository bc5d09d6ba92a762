import { DEFAULT_NAMESPACE, parseEntityRef } from '@backstage/catalog-model';

/** Names an entity as people do, with its namespace only when it is another. */
export function nameOfEntity(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  const full = namespace === DEFAULT_NAMESPACE ? name : `${namespace}/${name}`;
  return `${full} (${kind.toLocaleLowerCase('en-US')})`;
}
