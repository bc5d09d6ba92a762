import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
} from '@backstage/catalog-model';
import type { VercelProject } from './vercelSchemas';

/**
 * Finds where the file of an entity was read from, when whoever may write to a
 * repository wrote it. Undefined for files on the backend's own disk, which are
 * the administrators'.
 *
 * Looks only at annotations that the catalog overwrites: others, such as
 * `backstage.io/source-location`, are what the file says of itself.
 */
export function findSourceUrl(entity: Entity): string | undefined {
  return [ANNOTATION_LOCATION, ANNOTATION_ORIGIN_LOCATION]
    .map(name => entity.metadata.annotations?.[name])
    .find(location => location?.startsWith('url:'))
    ?.slice('url:'.length);
}

/** Tells whether a file is in the repository that a project is linked to. */
export function isLinkedTo(
  project: VercelProject,
  options: { sourceUrl: string; gitHubUrl: string },
): boolean {
  const { org, repo } = project.link ?? {};
  if (!org || !repo) return false;
  const root = `${options.gitHubUrl}/${org}/${repo}/`.toLowerCase();
  // As written and as resolved, because its reader may do either.
  return [options.sourceUrl, URL.parse(options.sourceUrl)?.href].every(url =>
    url?.toLowerCase().startsWith(root),
  );
}
