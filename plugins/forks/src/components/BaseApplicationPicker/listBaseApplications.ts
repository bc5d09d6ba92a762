import {
  CATALOG_FILTER_EXISTS,
  type CatalogApi,
} from '@backstage/catalog-client';
import {
  RELATION_HAS_FORK,
  TAG_BASE_APPLICATION,
} from '@forkyard/plugin-forks-common';

const projectSlug = 'metadata.annotations.github.com/project-slug';

/** An application one can start from. */
export interface BaseApplication {
  /** `owner/repo`. */
  repository: string;
  title?: string;
}

/**
 * Lists the components that are tagged as base applications or that have
 * forks already, and the repositories that the template offers.
 */
export async function listBaseApplications(options: {
  catalogApi: CatalogApi;
  offered: string[];
}): Promise<BaseApplication[]> {
  const { items } = await options.catalogApi.getEntities({
    filter: [
      {
        kind: 'component',
        'metadata.tags': TAG_BASE_APPLICATION,
        [projectSlug]: CATALOG_FILTER_EXISTS,
      },
      {
        kind: 'component',
        [`relations.${RELATION_HAS_FORK}`]: CATALOG_FILTER_EXISTS,
        [projectSlug]: CATALOG_FILTER_EXISTS,
      },
    ],
    fields: ['metadata.name', 'metadata.title', 'metadata.annotations'],
  });
  const found = items.map(({ metadata }) => ({
    repository: metadata.annotations?.['github.com/project-slug'] ?? '',
    title: metadata.title ?? metadata.name,
  }));
  const unknown = options.offered
    .filter(offer => !found.some(({ repository }) => repository === offer))
    .map(repository => ({ repository }));
  return [...found, ...unknown];
}
