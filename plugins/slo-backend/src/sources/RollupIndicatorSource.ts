import type { RequestCounts } from '@forkyard/plugin-slo-common';
import type { RollupStore, RollupTotals } from '../database/RollupStore';
import type { SloIndicatorDefinition } from '../openslo/SloDefinition';
import type {
  CountedEntity,
  CountedTime,
  IndicatorSource,
} from './IndicatorSource';

/** Users' requests; previews do not spend the budget. */
const ENVIRONMENT = 'production';

type Rollups = Pick<RollupStore, 'getTotals' | 'listSeries'>;

/**
 * Counts the requests that Vercel's drains told of, from the roll-ups.
 *
 * Remembers what it has added up, so that the SLOs of an entity, which ask for
 * the same times, share it: make a new one for each evaluation.
 */
export class RollupIndicatorSource implements IndicatorSource {
  readonly #totals = new Map<string, Promise<RollupTotals>>();

  constructor(private readonly rollups: Rollups) {}

  async count(
    { projectIds }: CountedEntity,
    indicator: SloIndicatorDefinition,
    times: CountedTime[],
  ): Promise<(RequestCounts | undefined)[]> {
    return Promise.all(
      times.map(async time => {
        const totals = await this.#getTotals(projectIds, time);
        const counts = toCounts(totals, indicator);
        return counts.total > 0 ? counts : undefined;
      }),
    );
  }

  async countSteps(
    { projectIds }: CountedEntity,
    indicator: SloIndicatorDefinition,
    { from, to, stepMinutes }: CountedTime & { stepMinutes: number },
  ): Promise<RequestCounts[]> {
    const points = await this.rollups.listSeries({
      projectIds,
      environment: ENVIRONMENT,
      from,
      to,
      grain: stepMinutes % 60 === 0 ? 'hour' : 'minute',
    });
    const stepMs = stepMinutes * 60_000;
    const steps = Array.from(
      { length: Math.ceil((to.getTime() - from.getTime()) / stepMs) },
      () => ({ good: 0, total: 0 }),
    );
    for (const point of points) {
      const index = Math.floor((point.at.getTime() - from.getTime()) / stepMs);
      if (!steps[index]) continue;
      const { good, total } = toCounts(point, indicator);
      steps[index].good += good;
      steps[index].total += total;
    }
    return steps;
  }

  #getTotals(projectIds: string[], time: CountedTime): Promise<RollupTotals> {
    const key = JSON.stringify([projectIds, time]);
    let totals = this.#totals.get(key);
    if (!totals) {
      totals = this.rollups.getTotals({
        projectIds,
        environment: ENVIRONMENT,
        ...time,
      });
      this.#totals.set(key, totals);
    }
    return totals;
  }
}

function toCounts(
  { requests, errors, durations }: RollupTotals,
  indicator: SloIndicatorDefinition,
): RequestCounts {
  if (indicator.type === 'latency') {
    return {
      good: durations.countAtMost(indicator.thresholdMilliseconds),
      total: durations.count,
    };
  }
  return { good: requests - errors, total: requests };
}
