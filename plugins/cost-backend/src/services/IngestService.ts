import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type {
  RefreshRequest,
  RefreshResult,
  RejectedLines,
} from '@forkyard/plugin-cost-common';
import type { ChargesStore, DayAnswer } from '../database/ChargesStore';
import type { ChargesAnswer, ChargesSource } from '../sources/ChargesSource';
import { daysBetween } from './calendar';
import type { AnomaliesService } from './AnomaliesService';
import type { CostAnnouncer } from './CostAnnouncer';
import { planFetches } from './planFetches';
import type { SummariesService } from './SummariesService';

const MOST_STALE_DAYS = 31;
const MOST_EXAMPLES = 10;

/**
 * Reads what the sources charge into the store.
 *
 * Each range of days is read whole, then kept in one transaction, so that it may
 * stop anywhere and be run again. What a source tells replaces what is held for
 * the day; what it fails to tell replaces nothing.
 */
export class IngestService {
  constructor(
    private readonly options: {
      sources: ChargesSource[];
      charges: ChargesStore;
      summaries: SummariesService;
      anomalyFinder: Pick<AnomaliesService, 'updateAnomalies'>;
      announcer: CostAnnouncer;
      backfillMonths: number;
      logger: LoggerService;
    },
  ) {}

  /**
   * Asks every source for the days that are due. Throws what the first one that
   * failed threw, after the others were asked.
   */
  async refresh(
    request: RefreshRequest = {},
    signal?: AbortSignal,
  ): Promise<RefreshResult> {
    const { sources, charges, summaries, anomalyFinder, announcer } =
      this.options;
    const changedDays = new Set<string>();
    const rejectedLines: RejectedLines = { count: 0, examples: [] };
    const failures: Error[] = [];
    for (const source of sources) {
      try {
        const rejected = await this.#readSource(source, {
          ...request,
          signal,
          onChanged: day => changedDays.add(day),
        });
        addRejected(rejectedLines, rejected);
      } catch (error) {
        assertError(error);
        failures.push(error);
      }
    }
    await summaries.updateSummaries();
    await anomalyFinder.updateAnomalies();
    await announcer.announce([...changedDays]);
    if (failures.length > 0) throw failures[0];
    return {
      replacedDays: changedDays.size,
      staleDays: await charges.listStaleDays(MOST_STALE_DAYS),
      rejectedLines,
      asOf: (await charges.now()).toISOString(),
    };
  }

  async #readSource(
    source: ChargesSource,
    options: {
      acceptShrunken?: boolean;
      signal?: AbortSignal;
      onChanged: (day: string) => void;
    },
  ): Promise<RejectedLines> {
    const { charges, backfillMonths, logger } = this.options;
    const rejected: RejectedLines = { count: 0, examples: [] };
    const ranges = planFetches({
      now: await charges.now(),
      backfillMonths,
      checkedAt: await charges.listCheckedDays(source.id),
    });
    try {
      for (const range of ranges) {
        options.signal?.throwIfAborted();
        const askedAt = await charges.now();
        const answer = await source.listCharges(range, options);
        const outcomes = await charges.replaceDays({
          source: source.id,
          title: source.title,
          askedAt,
          answers: toDayAnswers(range, answer),
          acceptShrunken: options.acceptShrunken ?? false,
        });
        for (const { day, outcome } of outcomes) {
          if (outcome === 'replaced') options.onChanged(day);
        }
        addRejected(rejected, answer.rejected);
      }
    } catch (error) {
      assertError(error);
      options.signal?.throwIfAborted();
      await charges.recordFailure(source.id, error.message);
      throw error;
    }
    await charges.recordSuccess(source.id, rejected);
    if (rejected.count > 0) {
      const [{ line, reason }] = rejected.examples;
      logger.warn(
        `${source.title} told ${rejected.count} lines that are no charges, for example line ${line}, which ${reason}; the others were taken`,
      );
    }
    return rejected;
  }
}

function toDayAnswers(
  range: { from: string; to: string },
  answer: ChargesAnswer,
): DayAnswer[] {
  const byDay = new Map<string, DayAnswer>(
    daysBetween(range.from, range.to).map(day => [day, { day, charges: [] }]),
  );
  for (const charge of answer.charges) {
    byDay.get(charge.day)?.charges.push(charge);
  }
  return [...byDay.values()];
}

function addRejected(sum: RejectedLines, more: RejectedLines): void {
  sum.count += more.count;
  sum.examples = [...sum.examples, ...more.examples].slice(0, MOST_EXAMPLES);
}
