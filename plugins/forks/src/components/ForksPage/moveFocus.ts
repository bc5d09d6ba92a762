import type { KeyboardEvent } from 'react';

/**
 * Moves the focus between the forks of a list: arrow keys and j, k to the next
 * and the one before, Home and End to the ends.
 */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const links = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('[data-fork-link]'),
  ];
  const focused = links.findIndex(link =>
    link.closest('tr, li')?.contains(document.activeElement),
  );
  const index = targetIndex(event.key, focused, links.length);
  if (index === undefined) return;
  event.preventDefault();
  links.at(index)?.focus();
}

function targetIndex(
  key: string,
  focused: number,
  count: number,
): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(focused + 1, count - 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(focused - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
