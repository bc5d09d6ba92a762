import {
  compareFindings,
  type Finding,
} from '@forkyard/plugin-security-findings-common';

/** Is the newest first page of a list. */
export interface FirstPage {
  items: Finding[];
  nextCursor?: string;
}

/**
 * Brings what is on the screen up to date with a newer first page: findings
 * change in their place, and go when the page no longer has them though it
 * reaches as far. New ones are left to {@link newOnPage}, so that nothing is
 * pushed away from under the reader.
 */
export function reconcilePage(shown: Finding[], page: FirstPage): Finding[] {
  const byId = new Map(page.items.map(item => [item.id, item]));
  const last = page.items.at(-1);
  const reaches = (finding: Finding) =>
    !page.nextCursor ||
    (last !== undefined && compareFindings(finding, last) < 0);
  return shown
    .filter(finding => byId.has(finding.id) || !reaches(finding))
    .map(finding => byId.get(finding.id) ?? finding);
}

/** Finds what a newer first page has and the screen has not. */
export function newOnPage(shown: Finding[], page: FirstPage): Finding[] {
  const known = new Set(shown.map(({ id }) => id));
  return page.items.filter(({ id }) => !known.has(id));
}

/** Puts findings in their order, each once. */
export function mergeFindings(shown: Finding[], added: Finding[]): Finding[] {
  const byId = new Map([...shown, ...added].map(item => [item.id, item]));
  return [...byId.values()].sort(compareFindings);
}
