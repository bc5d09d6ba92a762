const ownerPattern = /^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$/i;
const repositoryPattern = /^[a-z0-9._][a-z0-9._-]{0,99}$/i;
const shaPattern = /^[0-9a-f]{40}$/;
const shortShaPattern = /^[0-9a-f]{4,40}$/;

export const zeroSha = '0'.repeat(40);
/** The tree without entries; git knows it without storing it. */
export const emptyTreeSha = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export function isOwnerName(name: string): boolean {
  return ownerPattern.test(name) && !name.includes('--');
}

/** Tells whether a name may become a repository's folder. */
export function isRepositoryName(name: string): boolean {
  return (
    repositoryPattern.test(name) &&
    !/^\.+$/.test(name) &&
    !/\.(git|wiki|lock|atom)$/i.test(name)
  );
}

export function isSha(value: string): boolean {
  return shaPattern.test(value);
}

export function isShortSha(value: string): boolean {
  return shortShaPattern.test(value);
}

/**
 * Tells whether a value can be the short or full name of a ref.
 *
 * These are the rules of `git check-ref-format`, so that a value from a URL is
 * never read as a revision expression (`a..b`, `@{1}`, `main:file`, `-option`).
 */
export function isRefName(value: string): boolean {
  return (
    value.length > 0 &&
    value.length <= 255 &&
    ![...value].some(character => {
      const code = character.codePointAt(0)!;
      return code <= 0x20 || code === 0x7f || '~^:?*[\\'.includes(character);
    }) &&
    !value.includes('..') &&
    !value.includes('@{') &&
    !value.includes('//') &&
    value !== '@' &&
    !value.endsWith('.') &&
    value
      .split('/')
      .every(
        part =>
          part !== '' &&
          !part.startsWith('.') &&
          !part.startsWith('-') &&
          !part.endsWith('.lock'),
      )
  );
}

/** Tells whether a path can name a file inside a tree. */
export function isTreePath(path: string): boolean {
  return (
    path.length > 0 &&
    path.length <= 4_096 &&
    !path.includes('\0') &&
    path
      .split('/')
      .every(
        part =>
          part !== '' &&
          part !== '.' &&
          part !== '..' &&
          part.toLowerCase() !== '.git' &&
          !/^git~\d+$/i.test(part),
      )
  );
}
