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

/**
 * Tells whether a file is in the repository that a project is linked to, on the
 * branch that goes to production, or on some branch while that is unknown.
 */
export function isLinkedTo(
  project: VercelProject,
  options: { sourceUrl: string; gitHubUrl: string },
): boolean {
  const { org, repo, productionBranch } = project.link ?? {};
  if (!org || !repo) return false;
  const root = `${options.gitHubUrl}/${org}/${repo}/`.toLowerCase();
  // As written and as resolved, because its reader may do either.
  return [options.sourceUrl, URL.parse(options.sourceUrl)?.href].every(url => {
    if (!url?.toLowerCase().startsWith(root)) return false;
    const branch = findBranch(url.slice(root.length));
    return branch !== undefined && branch === (productionBranch || branch);
  });
}

/**
 * Finds the branch or tag in the part of a GitHub URL below its repository.
 *
 * GitHub serves what strangers proposed in pull requests through the repository
 * itself, by commit and by `refs/pull`. Undefined for these, and for whatever
 * readers may take for them: abbreviated commits, the names `git describe`
 * gives, and encoded characters, which Backstage decodes (`%3Fref=`).
 */
function findBranch(path: string): string | undefined {
  const ref = /^(?:blob|tree)\/([\w.+-]+)\/[^%?#\\]+$/.exec(path)?.[1];
  const isProposable = /^(?:refs|pull|(?:.*-g)?[\da-f]{4,64})$/i;
  return ref && !isProposable.test(ref) ? ref : undefined;
}
