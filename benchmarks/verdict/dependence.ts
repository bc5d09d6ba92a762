import { drawBad } from './random';

/** What one version serves, tick by tick. */
export interface Arm {
  total: Int32Array;
  bad: Int32Array;
}

/** What is drawn: so many requests a tick, a share of which fails. */
export interface ArmPlan {
  isStable: boolean;
  random: () => number;
  perTick: number;
  ticks: number;
  share: number;
}

/**
 * How failures come. Draws first what both versions meet, and then each of them.
 */
export type Dependence = (
  random: () => number,
  ticks: number,
) => (plan: ArmPlan) => Arm;

/** By what the share is multiplied in each tick. */
type Weather = (random: () => number, ticks: number) => Float64Array;

const calm: Weather = (_, ticks) => new Float64Array(ticks).fill(1);

/** Each request fails for itself, in a weather that both versions meet. */
export function independent(weather: Weather = calm): Dependence {
  return (random, ticks) => {
    const shared = weather(random, ticks);
    return plan => drawIndependent(plan, shared);
  };
}

/** Each request fails for itself, and each version has a weather of its own. */
export function apart(weather: Weather, mean: number): Dependence {
  return (random, ticks) => plan =>
    drawIndependent(
      { ...plan, share: plan.share / mean },
      weather(random, ticks),
    );
}

function drawIndependent(plan: ArmPlan, weather: Float64Array): Arm {
  const { random, perTick, ticks, share } = plan;
  return {
    total: new Int32Array(ticks).fill(perTick),
    bad: Int32Array.from(weather, times =>
      drawBad(random, perTick, share * times),
    ),
  };
}

/** Hiccups that begin every so many ticks and last for 1 to `longest` ticks. */
export function hiccups(options: {
  everyTicks: number;
  longest: number;
  times: number;
}): Weather {
  return (random, ticks) => {
    const weather = calm(random, ticks);
    for (let tick = 0; tick < ticks; tick += 1) {
      if (random() >= 1 / options.everyTicks) continue;
      const length = 1 + Math.floor(random() * options.longest);
      weather.fill(options.times, tick, tick + length);
    }
    return weather;
  };
}

/** A wave from `1 - height` to `1 + height`, begun anywhere. */
export function wave(periodTicks: number, height: number): Weather {
  return (random, ticks) => {
    const phase = random() * 2 * Math.PI;
    return Float64Array.from(
      { length: ticks },
      (_, tick) =>
        1 + height * Math.sin(phase + (tick / periodTicks) * 2 * Math.PI),
    );
  };
}

/**
 * Requests fail in a row, over the end of a tick too: `size` draws how many, and
 * is `meanSize` on average.
 */
export function bursts(
  size: (random: () => number) => number,
  meanSize: number,
): Dependence {
  return () =>
    ({ random, perTick, ticks, share }) => {
      const bad = new Int32Array(ticks);
      const requests = perTick * ticks;
      const begin = share / (share + meanSize * (1 - share));
      const gap = () => Math.floor(Math.log(1 - random()) / Math.log1p(-begin));
      for (let at = gap(); at < requests; at += gap()) {
        for (let left = size(random); left > 0 && at < requests; left -= 1) {
          bad[Math.floor(at / perTick)] += 1;
          at += 1;
        }
      }
      return { total: new Int32Array(ticks).fill(perTick), bad };
    };
}

/**
 * Somebody sends the stable version so many requests that fail in a tick, or in
 * each of some, again and again after a half to one and a half of `everyTicks`.
 */
export function attacked(options: {
  requests: number;
  everyTicks: number;
  lastingTicks?: number;
}): Dependence {
  const { requests, everyTicks, lastingTicks = 1 } = options;
  return (random, ticks) => {
    const times: number[] = [];
    let at = Math.floor(random() * everyTicks);
    while (at < ticks) {
      for (let tick = at; tick < at + lastingTicks && tick < ticks; tick += 1) {
        times.push(tick);
      }
      at += Math.max(1, Math.round(everyTicks * (0.5 + random())));
    }
    const calmly = independent()(random, ticks);
    return plan => {
      const arm = calmly(plan);
      if (!plan.isStable) return arm;
      for (const tick of times) {
        arm.total[tick] += requests;
        arm.bad[tick] += requests;
      }
      return arm;
    };
  };
}

/**
 * Users who stay with one version make so many requests each, `gapTicks` apart
 * on average, and all requests of a share of the users fail.
 */
export function sessions(options: {
  requests: number;
  gapTicks: number;
}): Dependence {
  const { requests, gapTicks } = options;
  return () =>
    ({ random, perTick, ticks, share }) => {
      const total = new Int32Array(ticks);
      const bad = new Int32Array(ticks);
      const begunBefore = 2 * requests * gapTicks;
      const between = () => -Math.log(1 - random());
      let begin = -begunBefore;
      for (; begin < ticks; begin += between() * (requests / perTick)) {
        const fails = random() < share;
        let at = begin;
        for (let request = 0; request < requests; request += 1) {
          const tick = Math.floor(at);
          if (tick >= ticks) break;
          if (tick >= 0) {
            total[tick] += 1;
            if (fails) bad[tick] += 1;
          }
          at += between() * gapTicks;
        }
      }
      return { total, bad };
    };
}
