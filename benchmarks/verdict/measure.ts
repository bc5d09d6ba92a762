import { quantile, type Measure } from '@forkyard/launcher';
import {
  defaultVerdictSettings,
  type VerdictSettings,
} from '@forkyard/plugin-deployments-common';
import { informationBound } from './bound';
import { judgeByForkyard } from './forkyard';
import { judgeByPrototype } from './prototype';
import { judgeByRival, type Rival } from './rivals';
import { drawTraffic, type Scenario, type Traffic } from './traffic';

/** How a set of runs of one scenario ended. */
export interface Ends {
  runs: number;
  /** Canary requests to the end, of the runs that ended so. */
  after: number[];
}

export interface Runs {
  scenario: Scenario;
  runs: number;
  /** Canary requests of each. */
  requests: number;
  seed: number;
}

const BATCHES = 10;

/** Runs a judge over traffic that depends on the seed and the scenario alone. */
export function watch(
  { scenario, runs, requests, seed }: Runs,
  judge: (traffic: Traffic) => number | undefined,
): Ends {
  const after: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const traffic = drawTraffic(scenario, {
      requests,
      seed: seed * 1_000_003 + run,
    });
    const requestsToEnd = judge(traffic);
    if (requestsToEnd !== undefined) after.push(requestsToEnd);
  }
  return { runs, after };
}

export const noTolerance = { errorTolerance: 0, latencyTolerance: 0 };

export const untilAborted =
  (settings: Partial<VerdictSettings>, knowsHistory = true) =>
  (traffic: Traffic) =>
    judgeByForkyard(traffic, settings, { untilPromoted: false, knowsHistory })
      .abortedAfter;

/** As it was before what is far worse was doubted less. */
export const untilAbortedUnbounded = (traffic: Traffic) =>
  judgeByForkyard(
    traffic,
    {},
    { untilPromoted: false, knowsHistory: true, isUnbounded: true },
  ).abortedAfter;

export const untilPromoted =
  (settings: Partial<VerdictSettings>) => (traffic: Traffic) =>
    judgeByForkyard(traffic, settings, {
      untilPromoted: true,
      knowsHistory: true,
    }).promotedAfter;

export const byPrototype = (traffic: Traffic) =>
  judgeByPrototype(traffic, defaultVerdictSettings.falseAbortRate);

export const byRival = (rival: Rival) => (traffic: Traffic) =>
  judgeByRival(rival, traffic);

export const rateOf = ({ runs, after }: Ends) => after.length / runs;

/** The median over all runs; infinite when most did not end so. */
export function medianOf({ runs, after }: Ends): number {
  return quantile(
    [...after, ...new Array<number>(runs - after.length).fill(Infinity)],
    0.5,
  );
}

/**
 * By how much more may fail, by default, where so much fails anyway; as the
 * verdict says of `errorTolerance`.
 */
export const toleranceAt = (stable: number) =>
  Math.min(defaultVerdictSettings.errorTolerance, Math.max(0.001, stable / 4));

/** What an abort needs at least on average; nothing is worse than tolerated below it. */
export function boundOf(
  { stable, canary, stablePerTick, canaryPerTick }: Scenario,
  tolerance: number,
): number {
  if (canary <= stable + tolerance) return Infinity;
  return informationBound({
    stable,
    canary,
    stablePerCanary: stablePerTick / canaryPerTick,
    tolerance,
    alpha: defaultVerdictSettings.falseAbortRate,
  });
}

/** What a promotion needs at least on average. */
export function promotionBoundOf(scenario: Scenario): number {
  return informationBound({
    stable: scenario.stable,
    canary: scenario.canary,
    stablePerCanary: scenario.stablePerTick / scenario.canaryPerTick,
    tolerance: defaultVerdictSettings.errorTolerance,
    alpha: defaultVerdictSettings.falsePromoteRate,
  });
}

/** Splits a number of runs, so that a result shows how much it varies. */
export function watchInBatches(
  runs: Runs,
  judge: (traffic: Traffic) => number | undefined,
): { all: Ends; batches: Ends[] } {
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    watch(
      { ...runs, runs: runs.runs / BATCHES, seed: runs.seed + batch },
      judge,
    ),
  );
  return {
    all: { runs: runs.runs, after: batches.flatMap(({ after }) => after) },
    batches,
  };
}

/** Sets a reading of our runs beside the same of a peer's. */
export function compare(
  measure: string,
  unit: string,
  read: (ends: Ends) => number,
  ours: Ends,
  peer: { ends: Ends; name: string },
): Measure {
  return {
    measure,
    unit,
    ours: read(ours),
    samples: [read(ours)],
    peer: read(peer.ends),
    peerSamples: [read(peer.ends)],
    peerName: peer.name,
  };
}

/** Writes how many ended so, and after how many requests in the median. */
export function describeEnds(ends: Ends): string {
  const median = medianOf(ends);
  const share = `${(rateOf(ends) * 100).toFixed(1)} %`;
  return isFinite(median) ? `${share} after ${median}` : share;
}
