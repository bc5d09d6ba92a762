import {
  ANNOTATION_LOCATION,
  ANNOTATION_SOURCE_LOCATION,
  parseLocationRef,
  type Entity,
} from '@backstage/catalog-model';
import { ANNOTATION_SLO, DEFAULT_SLO_PATH } from '@forkyard/plugin-slo-common';

/** Stays inside the repository and hides nothing. */
const PATH = /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*\.ya?ml$/;
const SLUG = /^[\w.-]+\/[\w.-]+$/;

/**
 * Finds where the OpenSLO file of an entity is: beside the file that describes
 * the entity, or else from the root of its GitHub repository. Gives nothing
 * for an entity that comes from no repository, or a path that leaves it.
 */
export function locateSloFile(
  entity: Entity,
  githubHost: string,
): { url: string; path: string } | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const path = annotations[ANNOTATION_SLO]?.trim() || DEFAULT_SLO_PATH;
  if (!PATH.test(path)) return undefined;
  const base =
    readUrl(annotations[ANNOTATION_SOURCE_LOCATION]) ??
    readUrl(annotations[ANNOTATION_LOCATION]);
  if (base) return { url: new URL(path, base).href, path };
  const slug = annotations['github.com/project-slug'];
  if (!slug || !SLUG.test(slug)) return undefined;
  return { url: `https://${githubHost}/${slug}/blob/HEAD/${path}`, path };
}

function readUrl(location: string | undefined): string | undefined {
  if (!location) return undefined;
  try {
    const { type, target } = parseLocationRef(location);
    return type === 'url' ? new URL(target).href : undefined;
  } catch {
    return undefined;
  }
}
