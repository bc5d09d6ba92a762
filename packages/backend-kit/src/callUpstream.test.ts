import { parseRetryAfter, wait } from './callUpstream';

describe('parseRetryAfter', () => {
  it('reads seconds and dates, and nothing else', () => {
    expect(parseRetryAfter('7')).toBe(7);
    expect(parseRetryAfter('-1')).toBe(0);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(0);
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    expect(parseRetryAfter(inAnHour)).toBeGreaterThan(3500);
    expect(parseRetryAfter('soon')).toBeUndefined();
    expect(parseRetryAfter('')).toBeUndefined();
    expect(parseRetryAfter(null)).toBeUndefined();
  });
});

describe('wait', () => {
  it('ends at once with the reason when aborted', async () => {
    const controller = new AbortController();
    const waiting = wait(60_000, controller.signal);
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    await expect(wait(60_000, controller.signal)).rejects.toThrow('stop');
  });
});
