export interface NiceScale {
  min: number;
  max: number;
  ticks: number[];
}

const niceSteps = [1, 2, 2.5, 5, 10];

/**
 * Chooses round ends and ticks for an axis that holds all the values, and zero.
 *
 * Without values, or when all are zero, the axis goes from 0 to 1.
 */
export function niceScale(values: number[], intervals = 4): NiceScale {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const high = highest === low ? 1 : highest;
  const span = high - low;
  const rough = span / intervals;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = niceSteps.find(step => step * power >= rough * 0.999_999);
  const step = (factor ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { min: ticks[0], max: ticks[ticks.length - 1], ticks };
}
