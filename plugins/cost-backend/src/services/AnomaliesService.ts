import {
  ANOMALY_BASIS_DAYS,
  findUnusualCost,
} from '@forkyard/plugin-cost-common';
import type { AnomaliesStore, EntityAnomaly } from '../database/AnomaliesStore';
import type { ChargesStore } from '../database/ChargesStore';
import type { EntitiesStore } from '../database/EntitiesStore';
import type { AnomalyAnnouncer } from './AnomalyAnnouncer';
import { addDays, daysBetween, toDay } from './calendar';

/** Days that are judged, which cover the running month. */
const JUDGED_DAYS = 31;
const ENTITIES_AT_ONCE = 1000;

/** What is known of an entity's days. */
interface EntityDays {
  /** Its first day of charges, which is no full one. */
  firstDay: string | undefined;
  amounts: ReadonlyMap<string, string>;
  /** Days of which a source was asked. */
  known: ReadonlySet<string>;
}

/**
 * Finds the days that cost an entity unusually much, and has others told.
 *
 * The last 31 days are judged anew from the charges that are held, so that the
 * same charges twice change nothing, corrections change what they concern, and
 * what a crash kept from being judged or told is so next time. Marks of older
 * days stay as they are.
 */
export class AnomaliesService {
  constructor(
    private readonly options: {
      charges: Pick<
        ChargesStore,
        'now' | 'getCoverage' | 'sumByDay' | 'listFirstDays'
      >;
      entities: Pick<EntitiesStore, 'listSummarizedEntities'>;
      anomalies: AnomaliesStore;
      anomalyAnnouncer: AnomalyAnnouncer;
      leastAnomalyUsd: string;
    },
  ) {}

  async updateAnomalies(): Promise<void> {
    const { charges, entities, anomalyAnnouncer } = this.options;
    const to = toDay(await charges.now());
    const judged = { from: addDays(to, 1 - JUDGED_DAYS), to };
    const { days: known } = await charges.getCoverage({
      from: addDays(judged.from, -ANOMALY_BASIS_DAYS),
      to,
    });
    const refs = await entities.listSummarizedEntities();
    for (let start = 0; start < refs.length; start += ENTITIES_AT_ONCE) {
      await this.#judge(
        refs.slice(start, start + ENTITIES_AT_ONCE),
        judged,
        known,
      );
    }
    await anomalyAnnouncer.announceDue(to);
  }

  async #judge(
    entityRefs: string[],
    judged: { from: string; to: string },
    known: ReadonlySet<string>,
  ): Promise<void> {
    const { charges, anomalies, leastAnomalyUsd } = this.options;
    const sums = await charges.sumByDay(entityRefs, {
      from: addDays(judged.from, -ANOMALY_BASIS_DAYS),
      to: judged.to,
    });
    const firstDays = await charges.listFirstDays(entityRefs);
    const byEntity = new Map<string, Map<string, string>>();
    for (const { entityRef, day, amount } of sums) {
      const amounts = byEntity.get(entityRef) ?? new Map<string, string>();
      byEntity.set(entityRef, amounts.set(day, amount));
    }
    const found: EntityAnomaly[] = [];
    for (const [entityRef, amounts] of byEntity) {
      const firstDay = firstDays.get(entityRef);
      for (const [day, amount] of amounts) {
        if (day < judged.from) continue;
        const unusual = findUnusualCost({
          amount,
          basis: basisOf(day, { firstDay, amounts, known }),
          leastExcess: leastAnomalyUsd,
        });
        if (unusual) found.push({ entityRef, day, amount, ...unusual });
      }
    }
    await anomalies.replaceAnomalies({
      entityRefs,
      ...judged,
      anomalies: found,
    });
  }
}

/** The days before one; a day that is known and has no charges cost nothing. */
function basisOf(
  day: string,
  { firstDay, amounts, known }: EntityDays,
): (string | undefined)[] {
  return daysBetween(addDays(day, -ANOMALY_BASIS_DAYS), addDays(day, -1))
    .filter(before => firstDay !== undefined && before > firstDay)
    .map(before =>
      known.has(before) ? (amounts.get(before) ?? '0') : undefined,
    );
}
