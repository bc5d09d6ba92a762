import {
  forecast,
  sumAmounts,
  type Forecast,
} from '@forkyard/plugin-cost-common';
import type { ChargesStore, Coverage } from '../database/ChargesStore';
import { addDays, startOfMonth, toDay } from './calendar';

const BASIS_DAYS = 7;

/** What an entity costs this month, in exact amounts. */
export interface EntityFigures {
  /** Absent while nothing was ever charged for it. */
  monthToDate?: string;
  forecast: Forecast;
}

/** The time from which figures are made. */
export interface FiguresMonth {
  /** First day of the month. */
  from: string;
  today: string;
  coverage: Coverage;
}

/**
 * Makes the figures that all pages and the portfolio share, so that they agree.
 */
export class EntityFiguresReader {
  constructor(
    private readonly charges: Pick<
      ChargesStore,
      'now' | 'getCoverage' | 'sumByDay' | 'listFirstDays'
    >,
  ) {}

  async readMonth(): Promise<FiguresMonth> {
    const today = toDay(await this.charges.now());
    const from = startOfMonth(today);
    const coverage = await this.charges.getCoverage({
      from: startOfMonth(today, -1),
      to: today,
    });
    return { from, today, coverage };
  }

  async readFigures(
    entityRefs: string[],
    month: FiguresMonth,
  ): Promise<Map<string, EntityFigures>> {
    const basisFrom = addDays(runningDay(month), -BASIS_DAYS);
    const rows = await this.charges.sumByDay(entityRefs, {
      from: basisFrom < month.from ? basisFrom : month.from,
      to: month.today,
    });
    const firstDays = await this.charges.listFirstDays(entityRefs);
    const byEntity = new Map<string, Map<string, string>>(
      entityRefs.map(entityRef => [entityRef, new Map()]),
    );
    for (const { entityRef, day, amount } of rows) {
      byEntity.get(entityRef)?.set(day, amount);
    }
    return new Map(
      [...byEntity].map(([entityRef, days]) => [
        entityRef,
        toFigures(days, firstDays.get(entityRef), month),
      ]),
    );
  }
}

/**
 * The last day on which anybody was charged is taken for the running one, since
 * a provider may be hours behind.
 */
function runningDay({ from, coverage }: FiguresMonth): string {
  return coverage.latestChargedDay ?? from;
}

/** Makes the figures of one entity, whose own first day is not a full one. */
function toFigures(
  days: ReadonlyMap<string, string>,
  firstDay: string | undefined,
  month: FiguresMonth,
): EntityFigures {
  const { from, coverage } = month;
  const running = runningDay(month);
  const isChargedThisMonth = running >= from;
  const monthDays = [...days].filter(([day]) => day >= from);
  const monthToDate = sumAmounts(monthDays.map(([, amount]) => amount));
  const fullDays: string[] = [];
  for (
    let day = addDays(running, -1);
    fullDays.length < BASIS_DAYS &&
    firstDay !== undefined &&
    day > firstDay &&
    coverage.days.has(day);
    day = addDays(day, -1)
  ) {
    fullDays.unshift(days.get(day) ?? '0');
  }
  return {
    monthToDate: firstDay === undefined ? undefined : monthToDate,
    forecast: forecast({
      monthToDate,
      todaySoFar: isChargedThisMonth ? (days.get(running) ?? '0') : '0',
      fullDays,
      today: isChargedThisMonth ? running : from,
    }),
  };
}
