import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryCounterStore } from '../src/store/MemoryCounterStore.js';
import { RateLimiter } from '../src/store/RateLimiter.js';
import { RedisCounterStore } from '../src/store/RedisCounterStore.js';

const limit = { what: 'sign-ins', most: 3, windowSeconds: 60 };

describe('rate limits', () => {
  it('refuse what is too much, say when to come back, and then let it in', async () => {
    let now = 0;
    const limiter = new RateLimiter({
      counters: new MemoryCounterStore({ now: () => now }),
    });
    for (let time = 1; time <= 3; time++) {
      await limiter.take(limit, 'ana');
    }
    now = 20_000;
    await assert.rejects(limiter.take(limit, 'ana'), {
      status: 429,
      message: 'Too many sign-ins. Please try again in 40 seconds.',
      retryAfterSeconds: 40,
    });
    await limiter.take(limit, 'ben');
    now = 60_000;
    await limiter.take(limit, 'ana');
  });

  it('keep a bounded number of counters', async () => {
    const counters = new MemoryCounterStore();
    await counters.increment('first', 60);
    for (let key = 0; key < 10_000; key++) {
      await counters.increment(`key-${key}`, 60);
    }
    assert.equal((await counters.increment('key-9999', 60)).count, 2);
    assert.equal((await counters.increment('first', 60)).count, 1);
  });

  it('hold for this instance while Redis is away', async () => {
    const counters = new RedisCounterStore({ url: 'redis://127.0.0.1:1' });
    assert.equal(await counters.check(), 'down');
    assert.equal((await counters.increment('ana', 60)).count, 1);
    assert.equal((await counters.increment('ana', 60)).count, 2);
    await counters.close();
  });

  it(
    'are shared through Redis',
    { skip: process.env.KV_URL ? false : 'KV_URL is not set' },
    async () => {
      const url = process.env.KV_URL ?? '';
      const [one, two] = [
        new RedisCounterStore({ url }),
        new RedisCounterStore({ url }),
      ];
      const key = `test-${process.hrtime.bigint()}`;
      assert.equal(await one.check(), 'ok');
      assert.deepEqual(await one.increment(key, 60), {
        count: 1,
        resetSeconds: 60,
      });
      assert.equal((await two.increment(key, 60)).count, 2);
      await Promise.all([one.close(), two.close()]);
    },
  );
});
