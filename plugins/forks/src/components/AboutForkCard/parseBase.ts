import type { ForkBase } from '@forkyard/plugin-forks-common';

/**
 * Reads `owner/repo@sha` from the annotation; the sha may be missing.
 */
export function parseBase(
  annotation: string | undefined,
): ForkBase | undefined {
  if (!annotation) return undefined;
  const [repository, sha = ''] = annotation.split('@');
  return { repository, sha };
}
