/**
 * Writes a time as sentences have it, for example `2026-11-27 09:30 UTC`, or
 * with its seconds where so much is near.
 */
export function formatTime(
  time: string,
  precision: 'minutes' | 'seconds' = 'minutes',
): string {
  const length = precision === 'minutes' ? 16 : 19;
  return `${new Date(time).toISOString().slice(0, length).replace('T', ' ')} UTC`;
}
