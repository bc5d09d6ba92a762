import type { RolloutPoint } from '@forkyard/plugin-deployments-common';
import {
  createAbortedRollout,
  createRollout,
  createWaitingRollout,
  goodVerdict,
} from '../__testUtils__/rollouts';
import { countMet, rolloutMarks, rolloutSeries } from './rolloutSeries';

const start = Date.parse('2026-11-21T10:00:00.000Z');

function pointAt(seconds: number, requests: number, errors = 0): RolloutPoint {
  return {
    at: new Date(start + seconds * 1_000).toISOString(),
    percent: 10,
    canary: { requests, errors, p95Milliseconds: requests ? 100 : undefined },
    stable: { requests: requests * 9, errors: 0, p95Milliseconds: 90 },
    harmProgress: 0,
    goodProgress: 0,
  };
}

const rollout = createRollout({
  transitions: [
    {
      id: 't',
      at: new Date(start).toISOString(),
      to: 'progressing',
      percent: 10,
      actor: 'forkyard',
      reason: 'Begun',
    },
  ],
});

describe('rolloutSeries', () => {
  it('draws nothing before there are points', () => {
    expect(rolloutSeries(rollout, [])).toBeUndefined();
  });

  it('tells errors in percent and requests a second since the traffic began', () => {
    const series = rolloutSeries(rollout, [
      pointAt(10, 20, 1),
      pointAt(20, 40),
    ]);
    expect(series?.from).toBe(new Date(start).toISOString());
    expect(series?.canary.errorRate.map(({ value }) => value)).toEqual([5, 0]);
    expect(series?.canary.requestsPerSecond.map(({ value }) => value)).toEqual([
      2, 4,
    ]);
    expect(series?.stable.requestsPerSecond[0].value).toBe(18);
  });

  it('draws no peak where the split changed or the rollout ended between two ticks', () => {
    const steady = [5, 10, 15, 20].map(seconds => pointAt(seconds, 50));
    const series = rolloutSeries(rollout, [
      ...steady.slice(0, 2),
      // The requests of a tick, a tenth of a second after the one before.
      pointAt(10.1, 0),
      ...steady.slice(2),
      pointAt(20.2, 30),
    ]);
    const rates = series?.canary.requestsPerSecond.map(
      ({ value = 0 }) => value,
    );
    expect(rates).toHaveLength(4);
    for (const rate of rates ?? []) {
      expect(rate).toBeGreaterThanOrEqual(9.5);
      expect(rate).toBeLessThan(16);
    }
    expect(series?.to).toBe(pointAt(20.2, 0).at);
  });

  it('knows no rate of a time that is too short for one', () => {
    const series = rolloutSeries(rollout, [pointAt(0.2, 40, 1)]);
    expect(series?.canary.requestsPerSecond[0].value).toBeUndefined();
    expect(series?.canary.errorRate[0].value).toBe(2.5);
  });

  it('knows no error rate and no latency where there was no request', () => {
    const series = rolloutSeries(rollout, [pointAt(10, 0), pointAt(20, 5)]);
    expect(series?.canary.errorRate[0].value).toBeUndefined();
    expect(series?.canary.p95Milliseconds[0].value).toBeUndefined();
    expect(series?.canary.requestsPerSecond[0].value).toBe(0);
  });

  it('adds neighbors up when there are many, and loses no request', () => {
    const points = Array.from({ length: 400 }, (_, index) =>
      pointAt((index + 1) * 5, index % 3, index % 3 ? 1 : 0),
    );
    const series = rolloutSeries(rollout, points);
    const drawn = series?.canary.requestsPerSecond ?? [];
    expect(drawn.length).toBeLessThanOrEqual(60);
    const secondsOf = (index: number) =>
      (Date.parse(drawn[index].at) -
        (index ? Date.parse(drawn[index - 1].at) : start)) /
      1_000;
    const total = drawn.reduce(
      (all, { value = 0 }, index) => all + value * secondsOf(index),
      0,
    );
    expect(Math.round(total)).toBe(
      points.reduce((all, { canary }) => all + canary.requests, 0),
    );
  });
});

describe('countMet', () => {
  it('takes what is larger of points and verdict', () => {
    expect(countMet(rollout, [pointAt(10, 20, 1)])).toEqual({
      requests: goodVerdict.canary.requests,
      errors: goodVerdict.canary.errors,
    });
    expect(countMet(rollout, [pointAt(10, 5_000, 7)])).toEqual({
      requests: 5_000,
      errors: 7,
    });
  });

  it('says nothing of a version that never got traffic', () => {
    expect(countMet(createWaitingRollout(), [])).toBeUndefined();
  });
});

describe('rolloutMarks', () => {
  it('marks each change of the split, and an end', () => {
    expect(
      rolloutMarks(createAbortedRollout()).map(mark => mark.label),
    ).toEqual(['10 % of the traffic', 'Aborted by Forkyard']);
  });
});
