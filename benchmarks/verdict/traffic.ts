import { createRandom, drawBad } from './random';

/** Shares of failed requests, and how many a tick brings of each version. */
export interface Scenario {
  name: string;
  stable: number;
  canary: number;
  stablePerTick: number;
  canaryPerTick: number;
  /** Share of slow requests of both versions; absent when none are timed. */
  slow?: number;
  /** So many requests in a row fail or succeed together; 1 when absent. */
  burst?: number;
  /** By what the shares of both versions are multiplied in a minute. */
  weather?: (minute: number) => number;
}

/** What both versions served in a run, tick by tick. */
export interface Traffic {
  scenario: Scenario;
  ticks: number;
  stableBad: Int32Array;
  canaryBad: Int32Array;
  stableSlow: Int32Array;
  canarySlow: Int32Array;
}

/**
 * The canary has 40 requests a minute, in ticks of 5, so that 2,000 requests
 * take 50 minutes, and the rivals that count in minutes have their 50 points.
 */
export const TICKS_PER_MINUTE = 8;

export function drawTraffic(
  scenario: Scenario,
  options: { requests: number; seed: number },
): Traffic {
  const random = createRandom(options.seed);
  const { stable, canary, stablePerTick, canaryPerTick, slow } = scenario;
  const ticks = Math.floor(options.requests / canaryPerTick);
  const weather = (tick: number) =>
    scenario.weather?.(Math.floor(tick / TICKS_PER_MINUTE)) ?? 1;
  const burst = scenario.burst ?? 1;
  const draw = (total: number, share: number) =>
    Int32Array.from(
      { length: ticks },
      (_, tick) =>
        burst * drawBad(random, total / burst, share * weather(tick)),
    );
  return {
    scenario,
    ticks,
    stableBad: draw(stablePerTick, stable),
    canaryBad: draw(canaryPerTick, canary),
    stableSlow: draw(slow ? stablePerTick : 0, slow ?? 0),
    canarySlow: draw(slow ? canaryPerTick : 0, slow ?? 0),
  };
}

export interface Minute {
  stableTotal: number;
  stableBad: number;
  canaryTotal: number;
  canaryBad: number;
}

/** Adds up the ticks of each whole minute. */
export function toMinutes(traffic: Traffic): Minute[] {
  const { scenario, ticks, stableBad, canaryBad } = traffic;
  const minutes: Minute[] = [];
  for (let at = 0; at + TICKS_PER_MINUTE <= ticks; at += TICKS_PER_MINUTE) {
    const sum = (bad: Int32Array) =>
      bad.subarray(at, at + TICKS_PER_MINUTE).reduce((a, b) => a + b, 0);
    minutes.push({
      stableTotal: scenario.stablePerTick * TICKS_PER_MINUTE,
      stableBad: sum(stableBad),
      canaryTotal: scenario.canaryPerTick * TICKS_PER_MINUTE,
      canaryBad: sum(canaryBad),
    });
  }
  return minutes;
}
