/** Writes a time as sentences have it, for example `2026-11-27 09:30 UTC`. */
export function formatTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
