/**
 * Keeps rows where the reader saw them when a refresh only changed their
 * order. When rows came or went, the new order is taken.
 */
export function keepOrder<T>(
  previous: T[],
  next: T[],
  keyOf: (row: T) => string,
): { rows: T[]; reordered: boolean } {
  const byKey = new Map(next.map(row => [keyOf(row), row]));
  const kept = previous.flatMap(row => byKey.get(keyOf(row)) ?? []);
  if (kept.length !== next.length || kept.length !== previous.length) {
    return { rows: next, reordered: false };
  }
  const reordered = kept.some((row, index) => row !== next[index]);
  return { rows: kept, reordered };
}
