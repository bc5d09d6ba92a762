export const timeRanges = ['1h', '6h', '24h', '7d', '28d'] as const;

export type TimeRange = (typeof timeRanges)[number];

const hourMs = 3_600_000;

/** How each range is named and how long it is. */
export const timeRangeFacts: Record<
  TimeRange,
  { label: string; name: string; milliseconds: number; pollMs: number }
> = {
  '1h': {
    label: '1 h',
    name: 'the last hour',
    milliseconds: hourMs,
    pollMs: 15_000,
  },
  '6h': {
    label: '6 h',
    name: 'the last 6 hours',
    milliseconds: 6 * hourMs,
    pollMs: 30_000,
  },
  '24h': {
    label: '24 h',
    name: 'the last 24 hours',
    milliseconds: 24 * hourMs,
    pollMs: 60_000,
  },
  '7d': {
    label: '7 d',
    name: 'the last 7 days',
    milliseconds: 7 * 24 * hourMs,
    pollMs: 60_000,
  },
  '28d': {
    label: '28 d',
    name: 'the last 28 days',
    milliseconds: 28 * 24 * hourMs,
    pollMs: 60_000,
  },
};

export function isTimeRange(text: string | null): text is TimeRange {
  return timeRanges.some(range => range === text);
}
