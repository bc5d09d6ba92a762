import type { VerdictHistory } from '@forkyard/plugin-deployments-common';
import { independent, type Arm, type Dependence } from './dependence';
import { createRandom } from './random';

/** Shares of failed requests, and how many a tick brings of each version. */
export interface Scenario {
  name: string;
  stable: number;
  canary: number;
  stablePerTick: number;
  canaryPerTick: number;
  /** Share of slow requests of both versions; absent when none are timed. */
  slow?: number;
  /** How failures come; each for itself when absent. */
  dependence?: Dependence;
  /** How they came before the rollout; the same way when absent. */
  before?: Dependence;
}

/** What both versions served in a run, tick by tick. */
export interface Traffic {
  scenario: Scenario;
  ticks: number;
  stable: Arm;
  canary: Arm;
  stableSlow: Int32Array;
  canarySlow: Int32Array;
  /** Draws what the stable version served before; to be asked once. */
  drawHistory(): VerdictHistory;
}

/**
 * The canary has 40 requests a minute, in ticks of 5, so that 2,000 requests
 * take 50 minutes, and the rivals that count in minutes have their 50 points.
 */
export const TICKS_PER_MINUTE = 8;

/** The six hours before, in steps of two minutes. */
const HISTORY_STEPS = 180;
const TICKS_PER_STEP = 2 * TICKS_PER_MINUTE;

export function drawTraffic(
  scenario: Scenario,
  options: { requests: number; seed: number },
): Traffic {
  const random = createRandom(options.seed);
  const { stablePerTick, canaryPerTick, slow } = scenario;
  const ticks = Math.floor(options.requests / canaryPerTick);
  const arm = (scenario.dependence ?? independent())(random, ticks);
  const draw = (isStable: boolean, perTick: number, share: number) =>
    arm({ isStable, random, perTick, ticks, share });
  const drawSlow = (perTick: number) =>
    independent()(random, ticks)({
      isStable: false,
      random,
      perTick: slow ? perTick : 0,
      ticks,
      share: slow ?? 0,
    }).bad;
  return {
    scenario,
    ticks,
    stable: draw(true, stablePerTick, scenario.stable),
    canary: draw(false, canaryPerTick, scenario.canary),
    stableSlow: drawSlow(stablePerTick),
    canarySlow: drawSlow(canaryPerTick),
    drawHistory: () => drawHistory(scenario, random),
  };
}

function drawHistory(scenario: Scenario, random: () => number): VerdictHistory {
  const { stable, stablePerTick, canaryPerTick, before } = scenario;
  const dependence = before ?? scenario.dependence ?? independent();
  const ticks = HISTORY_STEPS * TICKS_PER_STEP;
  const { total, bad } = dependence(
    random,
    ticks,
  )({
    isStable: true,
    random,
    perTick: stablePerTick + canaryPerTick,
    ticks,
    share: stable,
  });
  return {
    ticksPerStep: TICKS_PER_STEP,
    steps: Array.from({ length: HISTORY_STEPS }, (_, step) => {
      const from = step * TICKS_PER_STEP;
      return {
        requests: sum(total, from, TICKS_PER_STEP),
        errors: sum(bad, from, TICKS_PER_STEP),
      };
    }),
  };
}

const sum = (counts: Int32Array, from: number, length: number) =>
  counts.subarray(from, from + length).reduce((a, b) => a + b, 0);

export interface Minute {
  stableTotal: number;
  stableBad: number;
  canaryTotal: number;
  canaryBad: number;
}

/** Adds up the ticks of each whole minute. */
export function toMinutes({ ticks, stable, canary }: Traffic): Minute[] {
  const minutes: Minute[] = [];
  for (let at = 0; at + TICKS_PER_MINUTE <= ticks; at += TICKS_PER_MINUTE) {
    const of = (counts: Int32Array) => sum(counts, at, TICKS_PER_MINUTE);
    minutes.push({
      stableTotal: of(stable.total),
      stableBad: of(stable.bad),
      canaryTotal: of(canary.total),
      canaryBad: of(canary.bad),
    });
  }
  return minutes;
}
