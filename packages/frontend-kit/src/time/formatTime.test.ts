import {
  formatDuration,
  formatExactTime,
  formatRelativeTime,
} from './formatTime';

const now = new Date('2026-11-21T12:00:00Z');

describe('formatRelativeTime', () => {
  it.each([
    ['2026-11-21T11:59:30Z', 'just now'],
    ['2026-11-21T11:58:59Z', '1 min ago'],
    ['2026-11-21T10:00:00Z', '2 h ago'],
    ['2026-11-18T12:00:00Z', '3 d ago'],
    ['2026-09-01T12:00:00Z', '2 mo ago'],
    ['2024-11-01T12:00:00Z', '2 y ago'],
    ['2026-11-21T12:00:10Z', 'in a moment'],
    ['2026-11-21T12:03:00Z', 'in 3 min'],
  ])('says of %s that it is %s', (at, expected) => {
    expect(formatRelativeTime(new Date(at), now)).toBe(expected);
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '< 1 s'],
    [400, '< 1 s'],
    [8_400, '8 s'],
    [60_000, '1 min'],
    [65_000, '1 min 5 s'],
    [2 * 3_600_000, '2 h'],
    [130 * 60_000, '2 h 10 min'],
  ])('writes %d milliseconds as %s', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });
});

describe('formatExactTime', () => {
  it('names the year and the time zone', () => {
    expect(formatExactTime(now)).toMatch(/2026.*[A-Z]{2,}/);
  });
});
