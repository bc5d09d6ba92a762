import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
} from '@backstage/catalog-model';

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
 * Gives a URL as it is written and as it is resolved: whoever reads it may do
 * either, so that a rule about it has to hold for both.
 */
export function readingsOf(url: string): string[] {
  return [url, URL.parse(url)?.href ?? ''];
}

/**
 * Finds the branch or tag that a file's URL names in a GitHub repository.
 * Undefined when the file is not in that repository, or may be one that a
 * stranger only proposed.
 *
 * GitHub serves pull requests through the repository itself, by commit and by
 * `refs/pull`. Readers may also take abbreviated commits and the names `git
 * describe` gives, and Backstage decodes encoded characters (`%3Fref=`), so
 * that these are refused too.
 *
 * @param repositoryUrl - without a trailing slash
 */
export function findGitHubBranch(
  sourceUrl: string,
  repositoryUrl: string,
): string | undefined {
  const root = `${repositoryUrl}/`.toLowerCase();
  const [branch, ...others] = readingsOf(sourceUrl).map(url =>
    url.toLowerCase().startsWith(root)
      ? findBranch(url.slice(root.length))
      : undefined,
  );
  return others.every(other => other === branch) ? branch : undefined;
}

function findBranch(path: string): string | undefined {
  const ref = /^(?:blob|tree)\/([\w.+-]+)\/[^%?#\\]+$/.exec(path)?.[1];
  const isProposable = /^(?:refs|pull|(?:.*-g)?[\da-f]{4,64})$/i;
  return ref && !isProposable.test(ref) ? ref : undefined;
}
