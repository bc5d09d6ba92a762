const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const units: Array<{ name: string; milliseconds: number }> = [
  { name: 'y', milliseconds: 365 * dayMs },
  { name: 'mo', milliseconds: 30 * dayMs },
  { name: 'd', milliseconds: dayMs },
  { name: 'h', milliseconds: hourMs },
  { name: 'min', milliseconds: minuteMs },
];

/**
 * Says how far a time lies from now, in its largest whole unit: "2 h ago",
 * "in 3 min", "just now".
 *
 * @public
 */
export function formatRelativeTime(at: Date, now: Date): string {
  const differenceMs = now.getTime() - at.getTime();
  const distanceMs = Math.abs(differenceMs);
  const unit = units.find(({ milliseconds }) => distanceMs >= milliseconds);
  if (!unit) {
    return differenceMs >= 0 ? 'just now' : 'in a moment';
  }
  const count = Math.floor(distanceMs / unit.milliseconds);
  return differenceMs >= 0
    ? `${count} ${unit.name} ago`
    : `in ${count} ${unit.name}`;
}

/**
 * Writes a duration in at most two units: "< 1 s", "8 s", "1 min 5 s", "2 h 10 min".
 *
 * @public
 */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return '< 1 s';
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/**
 * Writes the exact time in the reader's own zone, with the zone's name.
 *
 * @public
 */
export function formatExactTime(at: Date): string {
  return at.toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'long',
  });
}
