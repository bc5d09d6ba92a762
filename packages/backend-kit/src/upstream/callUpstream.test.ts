import { callUpstream, parseRetryAfter, wait } from './callUpstream';

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

describe('callUpstream', () => {
  const call = {
    system: 'Provider',
    what: 'answer',
    credentialsHint: '',
    describe: (error: unknown) => ({ message: String(error) }),
    limits: { timeoutMs: 20, maxAttempts: 2, initialBackoffMs: 1 },
  };

  it('goes on when its time is over although the client ignores the signal', async () => {
    let calls = 0;
    await expect(
      callUpstream({
        ...call,
        run: () => {
          calls++;
          return new Promise(() => {});
        },
      }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('no answer within 0.02 s'),
    });
    expect(calls).toBe(2);
  });

  it('says that the time was over whatever the client throws then', async () => {
    await expect(
      callUpstream({
        ...call,
        run: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () =>
              reject(new Error('Unknown Error')),
            );
          }),
      }),
    ).rejects.toThrow('no answer within 0.02 s');
  });

  it('ends at once with the reason of the caller', async () => {
    const controller = new AbortController();
    const calling = callUpstream({
      ...call,
      limits: {},
      signal: controller.signal,
      run: () => new Promise(() => {}),
    });
    controller.abort(new Error('stop'));
    await expect(calling).rejects.toThrow('stop');
  });
});
