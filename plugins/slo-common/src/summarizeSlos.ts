import type { Slo, SloStatus, SloSummary } from './types';

/** Worst first; what is known to be well counts more than what is unknown. */
const ORDER: SloStatus[] = ['exhausted', 'burning', 'ok', 'unknown'];

/**
 * Puts the SLOs of an entity together: the worst one that is known speaks for
 * all. They are `unknown` together only when nothing is known of any; an SLO
 * that was not measured yet takes nothing from one that is kept, and pages say
 * it beside.
 *
 * @public
 */
export function summarizeSlos(entityRef: string, slos: Slo[]): SloSummary {
  const remaining = slos.flatMap(
    ({ budgetRemainingRatio }) => budgetRemainingRatio ?? [],
  );
  const times = slos.flatMap(({ asOf }) => asOf ?? []).sort();
  const [worst] = worstFirst(slos);
  return {
    entityRef,
    budgetRemainingRatio:
      remaining.length > 0 ? round(Math.min(...remaining)) : undefined,
    status: worst?.status ?? 'unknown',
    asOf: times[0],
  };
}

/**
 * Orders SLOs as {@link summarizeSlos} weighs them, then by what is left.
 *
 * @public
 */
export function worstFirst(slos: Slo[]): Slo[] {
  return [...slos].sort(
    (a, b) =>
      ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
      (a.budgetRemainingRatio ?? 1) - (b.budgetRemainingRatio ?? 1) ||
      a.name.localeCompare(b.name, 'en'),
  );
}

/** To a tenth of a percent, so that the portfolio is not told every request. */
function round(ratio: number): number {
  return Math.round(ratio * 1000) / 1000;
}
