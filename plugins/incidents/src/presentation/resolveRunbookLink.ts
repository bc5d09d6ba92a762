/** Where a link in the text of a runbook leads. */
export type RunbookLink =
  | { kind: 'runbook'; path: string; fragment: string }
  | { kind: 'page'; address: string };

/** Stands for the repository while a link is resolved; reserved by RFC 2606. */
const repository = 'https://repository.invalid/';

/**
 * Resolves a link as it stands in the file at `path`: to another runbook of the
 * same folder, or to a web page. Undefined for anything else, which has no
 * address here: other files of the repository, other schemes.
 */
export function resolveRunbookLink(
  link: string,
  path: string,
): RunbookLink | undefined {
  const here = new URL(
    path.split('/').map(encodeURIComponent).join('/'),
    repository,
  );
  const target =
    link !== '' && URL.canParse(link, here.href) && new URL(link, here);
  if (!target) return undefined;
  if (target.origin !== here.origin) {
    return /^https?:\/\//i.test(link)
      ? { kind: 'page', address: target.href }
      : undefined;
  }
  const folder = here.pathname.slice(0, here.pathname.lastIndexOf('/') + 1);
  const name = target.pathname.slice(folder.length);
  if (!target.pathname.startsWith(folder) || !/^[^/]+\.md$/i.test(name)) {
    return undefined;
  }
  return {
    kind: 'runbook',
    path: decode(target.pathname.slice(1)),
    fragment: decode(target.hash.slice(1)),
  };
}

/** Gives the fragment by which GitHub names a heading. */
export function headingFragment(heading: string): string {
  return heading
    .trim()
    .toLocaleLowerCase('en-US')
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
