import type { Slo } from '@forkyard/plugin-slo-common';

type Described = Omit<Slo, 'statusReason'>;

/** Says in a sentence why an SLO has its status. */
export function describeSlo(slo: Described, trouble?: string): string {
  const burning = slo.burn.find(({ firing }) => firing);
  const remaining = slo.budgetRemainingRatio;
  if (slo.ratio === undefined || remaining === undefined) {
    return burning && !trouble
      ? 'An alert fires, and nothing was measured since: it stays until requests are counted again.'
      : (trouble ?? describeSilence(slo));
  }
  const attained = `${formatPercent(slo.ratio)} of ${formatPercent(slo.objective)} over ${slo.windowDays} days`;
  if (remaining <= 0) {
    const pace =
      burning?.longBurnRate === undefined
        ? ''
        : `; it burns ${formatNumber(burning.longBurnRate)} times as fast as it may`;
    return `The error budget is spent: ${attained}${pace}.`;
  }
  const left = `${formatPercent(remaining)} of the error budget is left`;
  if (burning?.longBurnRate !== undefined) {
    return `The error budget burns ${formatNumber(burning.longBurnRate)} times as fast as it may; ${left}.`;
  }
  if (burning) {
    return `An alert fires, and no request was counted since that could end it; ${left}.`;
  }
  return `${attained}; ${left}.`;
}

function describeSilence({ signal, windowDays }: Described): string {
  switch (signal) {
    case 'latency':
      return `No duration of a production request was measured in the last ${windowDays} days. Durations come from Vercel's trace drain.`;
    case 'availability':
      return `No production request was counted in the last ${windowDays} days. Requests come from Vercel's log drain.`;
    default:
      return `Prometheus counted nothing in the last ${windowDays} days.`;
  }
}

/**
 * Writes a share in percent, with as many decimals as its distance from 100 %
 * or 0 % needs.
 */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  const distance = Math.min(Math.abs(percent), Math.abs(100 - percent));
  if (distance >= 10) return `${Math.round(percent)} %`;
  const text = `${Number(percent.toFixed(distance >= 1 ? 1 : 3))} %`;
  // What is not everything is not rounded to it.
  return text === '100 %' && ratio < 1 ? '99.999 %' : text;
}

/** Writes a number with at most one decimal, and none above ten. */
export function formatNumber(value: number): string {
  return value >= 10
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toFixed(1)));
}
