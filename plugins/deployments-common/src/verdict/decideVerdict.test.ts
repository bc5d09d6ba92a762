import {
  createVerdictState,
  decideVerdict,
  type VerdictHistory,
  type VerdictState,
} from './index';
import {
  counts,
  nothing,
  fold,
  repeat,
  judge,
  healthy,
} from './__testUtils__/judge';

describe('decideVerdict', () => {
  it('promotes a version that serves like the stable one, and says so with numbers', () => {
    const verdict = judge(repeat(40, healthy));
    expect(verdict.decision).toBe('promote');
    expect(verdict.reason).toBe(
      'The new version failed 40 of 4,000 requests (1.0 %), the stable one 360 of 36,000 (1.0 %). ' +
        'That is not worse by more than the tolerated 0.5 percentage points. ' +
        'The new version was slow in 200 of 4,000 measured requests (5.0 %), the stable one 1,800 of 36,000 (5.0 %). ' +
        'That is within the tolerated 5 percentage points. ' +
        'At most 1 in 20 versions that are worse would look so good, unless failures come together more than they did so far.',
    );
    expect(verdict.metrics).toEqual([
      expect.objectContaining({ metric: 'errors', goodProgress: 1 }),
      expect.objectContaining({ metric: 'latency', goodProgress: 1 }),
    ]);
  });

  it('continues with a good version until its time is over', () => {
    const verdict = judge(repeat(40, healthy), { elapsedSeconds: 180 });
    expect(verdict.decision).toBe('continue');
    expect(verdict.reason).toContain(
      'It has proved good. At least 2 min more.',
    );
  });

  it('aborts a version that fails more, and keeps to it', () => {
    const bad = repeat(10, { canary: counts(20, 1), stable: counts(380, 4) });
    const worse = repeat(10, { canary: counts(20, 4), stable: counts(380, 4) });
    const verdict = judge([...bad, ...worse]);
    expect(verdict.decision).toBe('abort');
    expect(verdict.reason).toBe(
      'The new version failed 50 of 400 requests (13 %), the stable one 80 of 7,600 (1.1 %). ' +
        'That is worse by more than the tolerated 0.26 percentage points; ' +
        'at most 1 in 100 good versions would look so bad, unless failures come together more than they did so far.',
    );
    const good = repeat(200, { canary: counts(20, 0), stable: counts(380, 4) });
    expect(judge([...bad, ...worse, ...good]).decision).toBe('abort');
  });

  it('aborts a version that is slower', () => {
    const verdict = judge(
      repeat(10, {
        canary: counts(50, 0, 50, 15),
        stable: counts(450, 0, 450, 22),
      }),
    );
    expect(verdict.decision).toBe('abort');
    expect(verdict.reason).toContain(
      'The new version was slow in 150 of 500 measured requests (30 %), the stable one 220 of 4,500 (4.9 %).',
    );
  });

  it('notices a version that turns bad after a long good time', () => {
    const good = repeat(1000, {
      canary: counts(20, 0),
      stable: counts(380, 1),
    });
    const bad = repeat(40, { canary: counts(20, 2), stable: counts(380, 1) });
    const settings = { errorTolerance: 0.005 };
    expect(judge(good, { settings }).decision).toBe('promote');
    const verdict = judge([...good, ...bad], { settings });
    expect(verdict.decision).toBe('abort');
    expect(verdict.reason).toContain('For a part of that time it was worse');
  });

  it('blames an outage that hits both versions on neither, and still notices a bad version after it', () => {
    const calm = repeat(30, { canary: counts(20, 0), stable: counts(380, 2) });
    const outage = repeat(5, {
      canary: counts(20, 10),
      stable: counts(380, 190),
    });
    const bad = repeat(60, { canary: counts(20, 3), stable: counts(380, 2) });
    expect(judge([...calm, ...outage, ...calm]).decision).not.toBe('abort');
    expect(judge([...calm, ...outage, ...calm, ...bad]).decision).toBe('abort');
  });

  it.each([
    [
      'no request at all',
      repeat(20, { canary: nothing, stable: counts(100, 1) }),
      'The new version has had no request yet: 50 are needed before anything is decided.',
    ],
    [
      'few requests',
      repeat(3, { canary: counts(4, 0), stable: counts(100, 1) }),
      'The new version has had 12 requests (0 failed): 38 more are needed before anything is decided.',
    ],
    [
      'nothing to compare with',
      repeat(20, { canary: counts(100, 1), stable: nothing }),
      'The stable version has had no request, so there is nothing to compare the 2,000 requests of the new version with.',
    ],
    [
      'durations of the stable version only',
      repeat(20, { canary: counts(100, 1), stable: counts(900, 9, 900, 45) }),
      "The new version's latency is not measured, though the stable version's is (18,000 durations): it is not promoted on errors alone.",
    ],
    [
      'data that stopped',
      [
        ...repeat(40, healthy),
        ...repeat(3, { canary: nothing, stable: nothing }),
      ],
      'No request of either version was counted lately: nobody came, or the data has stopped.',
    ],
    [
      'data of one version that stopped',
      [
        ...repeat(40, healthy),
        ...repeat(3, { canary: nothing, stable: healthy.stable }),
      ],
      'No request of the new version was counted lately, where about 300 were to be expected: the data may have stopped.',
    ],
    [
      'a suspicion when its time is over',
      repeat(5, { canary: counts(20, 1), stable: counts(380, 8) }),
      'The new version failed 5 of 100 requests (5.0 %), the stable one 40 of 1,900 (2.1 %). Latency is not measured. ' +
        'It may be worse than is tolerated; that is not certain yet.',
    ],
  ])('holds with %s', (_, ticks, reason) => {
    expect(judge(ticks)).toMatchObject({ decision: 'hold', reason });
  });

  it('continues without harm or enough evidence, and says how much is missing', () => {
    const ticks = repeat(10, { canary: counts(20, 0), stable: counts(380, 4) });
    expect(judge(ticks)).toMatchObject({
      decision: 'continue',
      reason:
        'The new version failed 0 of 200 requests (0 %), the stable one 40 of 3,800 (1.1 %). Latency is not measured. ' +
        'No sign of harm; about 760 more requests of the new version until that is certain enough for a promotion.',
    });
  });

  it('promotes without latency when neither version has any, and says so', () => {
    const verdict = judge(
      repeat(60, { canary: counts(100, 1), stable: counts(900, 9) }),
    );
    expect(verdict.decision).toBe('promote');
    expect(verdict.reason).toContain('Latency was not measured.');
    expect(verdict.metrics.map(({ metric }) => metric)).toEqual(['errors']);
  });

  it('aborts a catastrophe with nothing to compare it with, but not in a common one', () => {
    const alone = { canary: counts(5, 3), stable: nothing };
    expect(judge(repeat(3, alone)).decision).toBe('hold');
    expect(judge(repeat(4, alone))).toMatchObject({
      decision: 'abort',
      reason:
        'The new version failed 12 of its 20 requests (60 %), and 50 % is the limit for any version.',
    });
    const common = { canary: counts(5, 3), stable: counts(3, 2) };
    expect(judge(repeat(4, common)).decision).toBe('hold');
  });

  it('aborts a catastrophe before the usual minimum of requests', () => {
    const ticks = repeat(5, { canary: counts(5, 3), stable: counts(95, 1) });
    expect(judge(ticks).decision).toBe('abort');
    const mild = repeat(9, { canary: counts(5, 2), stable: counts(95, 1) });
    expect(judge(mild)).toMatchObject({ decision: 'hold' });
    expect(judge([...mild, ...mild])).toMatchObject({ decision: 'abort' });
  });

  it('compares what comes one request at a time', () => {
    const alternating = (errors: number) => [
      ...repeat(3, { canary: nothing, stable: counts(1, 0) }),
      { canary: counts(1, errors), stable: nothing },
    ];
    const ticks = new Array(60).fill([alternating(0), alternating(1)]).flat(2);
    expect(judge(ticks).decision).toBe('abort');
  });

  it('believes bursts less when told that requests come in bursts', () => {
    const ticks = repeat(20, { canary: counts(10, 1), stable: counts(190, 3) });
    expect(judge(ticks).decision).toBe('abort');
    expect(judge(ticks, { settings: { designEffect: 5 } }).decision).toBe(
      'hold',
    );
  });

  it('takes bursts for no harm without being told of them, where as many failures one by one are harm', () => {
    // Five in a row fail in every fifth tick of the stable version.
    const stable = (tick: number, errors: number) =>
      counts(95, tick % 5 === 0 ? errors : 0);
    const bursts = Array.from({ length: 80 }, (_, tick) => ({
      canary: counts(5, tick % 20 === 19 ? 5 : 0),
      stable: stable(tick, 5),
    }));
    const single = Array.from({ length: 80 }, (_, tick) => ({
      canary: counts(5, tick % 4 === 3 ? 1 : 0),
      stable: counts(95, 1),
    }));
    const judged = judge(bursts);
    expect(judged.decision).not.toBe('abort');
    expect(judged.reason).toContain('Failures come together');
    expect(judged.canary).toEqual(judge(single).canary);
    expect(judge(single).decision).toBe('abort');
  });

  it('knows bursts from what the stable version served before', () => {
    const ticks = Array.from({ length: 40 }, (_, tick) => ({
      canary: counts(5, tick % 20 === 9 ? 5 : 0),
      stable: counts(95, tick % 3 === 0 ? 1 : 0),
    }));
    const steps = Array.from({ length: 240 }, (_, step) => ({
      requests: 1200,
      errors: step % 3 === 0 ? 30 : 0,
    }));
    const begin = (history?: VerdictHistory) =>
      fold(createVerdictState({}, { history }), ticks).tests.errors;
    const alone = begin().harm.logPeak;
    expect(begin({ steps, ticksPerStep: 12 }).harm.logPeak).toBeLessThan(
      alone / 2,
    );
    expect(() => begin({ steps, ticksPerStep: 0 })).toThrow("'ticksPerStep'");
  });

  describe('when bursts of errors were sent to the stable version before', () => {
    const steps = Array.from({ length: 180 }, (_, step) => ({
      requests: 1600,
      errors: step % 3 === 0 ? 300 : 16,
    }));
    const begin = () =>
      createVerdictState({}, { history: { steps, ticksPerStep: 16 } });
    /** As many failures of five requests in each tick as said, beside 1 of 95. */
    const judged = (errorsAt: (tick: number) => number, ticks: number) =>
      decideVerdict(
        fold(
          begin(),
          Array.from({ length: ticks }, (_, tick) => ({
            canary: counts(5, errorsAt(tick)),
            stable: counts(95, tick % 2),
          })),
        ),
        { elapsedSeconds: ticks * 7.5, minimumSeconds: 1800 },
      );

    it('aborts a version that fails far more within minutes, and says what it took for one', () => {
      const verdict = judged(tick => (tick % 3 === 0 ? 2 : 1), 40);
      expect(verdict.decision).toBe('abort');
      expect(verdict.reason).toContain(
        'at most 1 in 100 good versions would look so bad, with about 8 failures that come together counted as one.',
      );
    });

    it('still doubts one of which as many failures came in one go', () => {
      const hiccup = (tick: number) => (tick >= 9 && tick < 20 ? 5 : 0);
      expect(judged(hiccup, 40).decision).toBe('continue');
    });

    it('still doubts one that fails a little more', () => {
      const little = (tick: number) => ((tick * 6) % 25 < 6 ? 1 : 0);
      expect(judged(little, 230)).toMatchObject({
        decision: 'continue',
        reason: expect.stringContaining('55 of 1,150 requests (4.8 %)'),
      });
    });

    it('promotes none the sooner', () => {
      const verdict = judged(tick => (tick % 3 === 0 ? 2 : 1), 30);
      expect(verdict.metrics[0].designEffect).toBe(64);
    });
  });

  it('aborts what fails ten times as often where errors are rare, and less is tolerated only by default', () => {
    const ticks = Array.from({ length: 300 }, (_, tick) => ({
      canary: counts(5, tick % 20 === 10 ? 1 : 0),
      stable: counts(95, tick % 10 === 0 ? 1 : 0),
    }));
    const verdict = judge(ticks);
    expect(verdict.decision).toBe('abort');
    expect(verdict.reason).toContain(
      'worse by more than the tolerated 0.1 percentage points',
    );
    const settings = { errorTolerance: 0.005 };
    expect(judge(ticks, { settings }).decision).not.toBe('abort');
  });

  describe('with a baseline', () => {
    const baseline = counts(20_000, 200, 20_000, 1000);
    const options = { baseline };

    it('aborts a version that is worse than what served before', () => {
      const verdict = judge(
        repeat(20, { canary: counts(50, 3), stable: nothing }),
        options,
      );
      expect(verdict.decision).toBe('abort');
      expect(verdict.reason).toContain(
        'the stable one 200 of 20,000 before (1.0 %)',
      );
      expect(verdict.reason).toContain('nothing runs beside it');
      expect(verdict.reason).not.toContain('1 in 100');
    });

    it('promotes a version that is as good', () => {
      const tick = { canary: counts(200, 2, 200, 10), stable: nothing };
      expect(judge(repeat(40, tick), options).decision).toBe('promote');
    });

    it('holds when nothing is known of before, and knows a catastrophe still', () => {
      const unknown = { baseline: nothing };
      const good = repeat(40, { canary: counts(200, 2), stable: nothing });
      expect(judge(good, unknown).decision).toBe('hold');
      const bad = repeat(40, { canary: counts(200, 120), stable: nothing });
      expect(judge(bad, unknown).decision).toBe('abort');
    });

    it('blames no version for a busier time, and a slow one all the same', () => {
      const busier = repeat(20, {
        canary: counts(200, 2, 200, 52),
        stable: nothing,
      });
      expect(judge(busier, options).decision).not.toBe('abort');
      const slow = repeat(20, {
        canary: counts(200, 2, 200, 150),
        stable: nothing,
      });
      expect(judge(slow, options).decision).toBe('abort');
    });

    it('remembers from the stages before how failures come', () => {
      const burst = { canary: counts(50, 5), stable: counts(450, 45) };
      const calm = { canary: counts(50, 0), stable: counts(450, 0) };
      const bursts = repeat(30, burst).flatMap(tick => [tick, calm, calm]);
      const before = fold(createVerdictState(), bursts);
      const watched = repeat(4, { canary: counts(50, 5), stable: nothing });
      const peak = (given?: VerdictState) =>
        fold(createVerdictState({}, { baseline, before: given }), watched).tests
          .errors.harm.logPeak;
      expect(peak(before)).toBeLessThan(peak() / 2);
    });

    it('is careful with a short baseline', () => {
      const ticks = repeat(10, { canary: counts(20, 1), stable: nothing });
      expect(judge(ticks, { baseline: counts(60, 0) }).decision).toBe('hold');
      expect(judge(ticks, { baseline: counts(60_000, 0) }).decision).toBe(
        'abort',
      );
    });
  });

  it('has bounds that enclose the difference, and narrow', () => {
    const width = (ticks: number) => {
      const [errors] = judge(repeat(ticks, healthy)).metrics;
      expect(errors.differenceLow).toBeLessThan(0);
      expect(errors.differenceHigh).toBeGreaterThan(0);
      return errors.differenceHigh! - errors.differenceLow!;
    };
    expect(width(100)).toBeLessThan(width(10) / 2);
  });

  it('estimates well how many requests a promotion still needs', () => {
    const few = { canary: counts(20, 0), stable: counts(380, 0) };
    const [errors] = judge(repeat(5, few)).metrics;
    const expected = 100 + errors.requestsNeeded!;
    const ticks = Math.ceil((expected * 1.5) / 20);
    expect(judge(repeat(ticks, few)).decision).toBe('promote');
    expect(judge(repeat(Math.floor(expected / 1.5 / 20), few)).decision).toBe(
      'continue',
    );
  });

  it.each([
    { elapsedSeconds: NaN, minimumSeconds: 1 },
    { elapsedSeconds: 1, minimumSeconds: -1 },
  ])('rejects the time %j', time => {
    expect(() => decideVerdict(createVerdictState(), time)).toThrow(
      expect.objectContaining({ name: 'InputError' }),
    );
  });
});
