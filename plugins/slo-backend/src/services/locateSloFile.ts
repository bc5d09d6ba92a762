import {
  ANNOTATION_LOCATION,
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
 *
 * Files are read with the portal's token, so what a file in a repository says
 * of itself (`backstage.io/source-location`, `github.com/project-slug`) may not
 * name another repository. `backstage.io/managed-by-location` is written by the
 * catalog; the slug counts only where that names no URL, which is where the
 * portal's operators or their entity providers describe the entity.
 */
export function locateSloFile(
  entity: Entity,
  githubHost: string,
): { url: string; path: string } | undefined {
  const annotations = entity.metadata.annotations ?? {};
  const path = annotations[ANNOTATION_SLO]?.trim() || DEFAULT_SLO_PATH;
  const location = readLocation(annotations[ANNOTATION_LOCATION]);
  if (!PATH.test(path) || !location) return undefined;
  if (location.type === 'url') {
    const url = URL.parse(path, location.target);
    return url ? { url: url.href, path } : undefined;
  }
  const slug = annotations['github.com/project-slug'];
  if (!slug || !SLUG.test(slug)) return undefined;
  return { url: `https://${githubHost}/${slug}/blob/HEAD/${path}`, path };
}

function readLocation(
  location: string | undefined,
): { type: string; target: string } | undefined {
  try {
    return location ? parseLocationRef(location) : undefined;
  } catch {
    return undefined;
  }
}
