import type { DatabaseChangeFeed } from '@forkyard/backend-kit';
import {
  parseBudget,
  toCents,
  type CostSummary,
} from '@forkyard/plugin-cost-common';
import type { EntitiesStore } from '../database/EntitiesStore';
import type { EntityFiguresReader } from './EntityFigures';

const ENTITIES_AT_ONCE = 2000;

/**
 * Keeps the change feed from which other backends list what entities cost.
 */
export class SummariesService {
  constructor(
    private readonly options: {
      entities: EntitiesStore;
      figures: EntityFiguresReader;
      summaries: DatabaseChangeFeed<CostSummary>;
    },
  ) {}

  /** Makes the summaries anew of every entity that is or was charged. */
  async updateSummaries(): Promise<void> {
    const { entities, figures, summaries } = this.options;
    const month = await figures.readMonth();
    const refs = await entities.listSummarizedEntities();
    for (let start = 0; start < refs.length; start += ENTITIES_AT_ONCE) {
      const some = refs.slice(start, start + ENTITIES_AT_ONCE);
      const all = await figures.readFigures(some, month);
      const budgets = await entities.listBudgets(some);
      await summaries.put(
        some.map((entityRef): CostSummary => {
          const { monthToDate, forecast } = all.get(entityRef)!;
          return {
            entityRef,
            currency: 'USD',
            monthToDate:
              monthToDate === undefined ? undefined : toCents(monthToDate),
            forecast: forecast.known ? forecast.amount : undefined,
            budget: parseBudget(budgets.get(entityRef)).budget,
            asOf: month.coverage.asOf?.toISOString(),
          };
        }),
      );
    }
  }
}
