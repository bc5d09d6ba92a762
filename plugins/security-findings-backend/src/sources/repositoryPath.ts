import { wellFormed } from './plainText';

const MAX_LENGTH = 500;

/**
 * Makes a path from outside one inside of the repository: relative, with
 * slashes, without dots. Gives undefined for what is absolute, leaves the
 * repository, or is no path.
 */
export function repositoryPath(
  text: string | null | undefined,
): string | undefined {
  if (!text || text.length > MAX_LENGTH) return undefined;
  const path = wellFormed(text).replaceAll('\\', '/');
  if (/\p{Cc}/u.test(path)) return undefined;
  if (path.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(path)) {
    return undefined;
  }
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') {
      if (segments.pop() === undefined) return undefined;
    } else if (segment !== '.' && segment !== '') {
      segments.push(segment);
    }
  }
  return segments.length ? segments.join('/') : undefined;
}

/**
 * As {@link repositoryPath}, for a URI reference: percent-encoded, perhaps
 * below the root that the report names.
 */
export function repositoryPathOfUri(
  uri: string | undefined,
  rootUri: string | undefined,
): string | undefined {
  if (!uri) return undefined;
  const relative =
    rootUri && rootUri.endsWith('/') && uri.startsWith(rootUri)
      ? uri.slice(rootUri.length)
      : uri;
  try {
    return repositoryPath(decodeURIComponent(relative.split(/[?#]/)[0]));
  } catch {
    return undefined;
  }
}
