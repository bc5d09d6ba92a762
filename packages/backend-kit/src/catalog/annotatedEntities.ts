import type { AuthService } from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

const PAGE_SIZE = 500;

/** What is needed to tell an entity, and what its annotations say. */
const FIELDS = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.etag',
  'metadata.annotations',
];

/** Where to look, and for which annotation. */
export interface AnnotatedEntitiesOptions {
  catalog: CatalogService;
  auth: AuthService;
  annotation: string;
  /** Further fields of the entity, for example `relations`. */
  fields?: string[];
}

/**
 * Visits every entity that carries an annotation, page by page, and gives the
 * refs of those it saw. What it did not see may still exist: ask
 * {@link findNoLongerAnnotated} before giving anything up.
 */
export async function walkAnnotatedEntities(
  options: AnnotatedEntitiesOptions & {
    visit: (entities: Entity[]) => Promise<void>;
    signal?: AbortSignal;
  },
): Promise<Set<string>> {
  const { catalog, auth, annotation, signal } = options;
  const fields = [...FIELDS, ...(options.fields ?? [])];
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await catalog.queryEntities(
      cursor
        ? { cursor, limit: PAGE_SIZE, fields }
        : {
            filter: {
              [`metadata.annotations.${annotation}`]: CATALOG_FILTER_EXISTS,
            },
            limit: PAGE_SIZE,
            fields,
          },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    await options.visit(page.items);
    for (const entity of page.items) seen.add(stringifyEntityRef(entity));
    cursor = page.pageInfo.nextCursor;
  } while (cursor);
  return seen;
}

/**
 * Finds which of some entities the catalog definitely says are gone, or no
 * longer carry the annotation. An outage or a shrunken list gives nothing up.
 */
export async function findNoLongerAnnotated(
  options: AnnotatedEntitiesOptions & { entityRefs: string[] },
): Promise<string[]> {
  const { catalog, auth, annotation, entityRefs } = options;
  if (entityRefs.length === 0) return [];
  const { items } = await catalog.getEntitiesByRefs(
    { entityRefs, fields: FIELDS },
    { credentials: await auth.getOwnServiceCredentials() },
  );
  return entityRefs.filter(
    (_, index) => !items[index]?.metadata.annotations?.[annotation],
  );
}
