import {
  formatDay,
  formatMoment,
  formatTick,
  formatValue,
  timeTicks,
} from './chartFormat';

describe('timeTicks', () => {
  const from = new Date(2026, 10, 21, 9, 7);

  it('puts ticks of an hour on round minutes', () => {
    const ticks = timeTicks(from, new Date(2026, 10, 21, 10, 7), 6);
    expect(ticks.map(tick => tick.getMinutes())).toEqual([
      10, 20, 30, 40, 50, 0,
    ]);
  });

  it('puts ticks of a week on midnights of the reader', () => {
    const ticks = timeTicks(from, new Date(2026, 10, 28, 9, 7), 7);
    expect(ticks.map(tick => tick.getDate())).toEqual([
      22, 23, 24, 25, 26, 27, 28,
    ]);
    expect(ticks.every(tick => tick.getHours() === 0)).toBe(true);
  });

  it.each([1, 2, 5, 12])('gives at most about %i of them', most => {
    for (const hours of [1, 6, 24, 7 * 24, 28 * 24]) {
      const to = new Date(from.getTime() + hours * 3_600_000);
      const ticks = timeTicks(from, to, most);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      expect(ticks.every(tick => tick >= from && tick <= to)).toBe(true);
    }
  });
});

describe('formatMoment', () => {
  it('says the time of the reader and that of UTC', () => {
    const at = new Date('2026-11-21T12:04:00Z');
    expect(formatMoment(at)).toMatch(/21.*\(12:04 UTC\)$/);
  });
});

describe('formatDay', () => {
  it('keeps the day whatever the zone of the reader', () => {
    expect(formatDay('2026-11-01')).toMatch(/\b1\b/);
    expect(formatDay('some day')).toBe('some day');
  });
});

describe('formatValue and formatTick', () => {
  it('write as many digits as can be read', () => {
    expect(formatValue(0.018_18, '%')).toBe('0.0182 %');
    expect(formatValue(1_234.5, 'ms')).toBe('1,235 ms');
    expect(formatValue(3, '')).toBe('3');
    expect(formatTick(0.25)).toBe('0.25');
    expect(formatTick(15_000)).toBe('15K');
  });
});
