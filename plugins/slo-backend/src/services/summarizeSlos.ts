import type { Slo, SloStatus, SloSummary } from '@forkyard/plugin-slo-common';

/** Worst first; what is known to be well counts more than what is unknown. */
const ORDER: SloStatus[] = ['exhausted', 'burning', 'ok', 'unknown'];

/** Puts the SLOs of an entity together: the worst one speaks for all. */
export function summarizeSlos(entityRef: string, slos: Slo[]): SloSummary {
  const remaining = slos.flatMap(
    ({ budgetRemainingRatio }) => budgetRemainingRatio ?? [],
  );
  const times = slos.flatMap(({ asOf }) => asOf ?? []).sort();
  return {
    entityRef,
    budgetRemainingRatio:
      remaining.length > 0 ? round(Math.min(...remaining)) : undefined,
    status:
      ORDER.find(status => slos.some(slo => slo.status === status)) ??
      'unknown',
    asOf: times[0],
  };
}

/** To a tenth of a percent, so that the portfolio is not told every request. */
function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}
