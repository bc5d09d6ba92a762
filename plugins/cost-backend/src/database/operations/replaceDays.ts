import { createHash } from 'node:crypto';
import { isShrunken } from '@forkyard/plugin-cost-common';
import type { Knex } from 'knex';
import type { SourceCharge } from '../../sources/ChargesSource';
import type { DayAnswer, DayOutcome } from '../ChargesStore';
import { CHARGE_DAYS, CHARGES, type DbChargeDayRow } from '../tables';

const ROWS_PER_STATEMENT = 2000;

interface Replacement {
  source: string;
  title: string;
  askedAt: Date;
  answers: DayAnswer[];
  acceptShrunken: boolean;
}

/**
 * Replaces the charges of days within a transaction. Replicas take turns by
 * source; of two answers the one that was asked for later stays.
 */
export async function replaceDays(
  tx: Knex.Transaction,
  replacement: Replacement,
): Promise<DayOutcome[]> {
  const { source, answers } = replacement;
  await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `charges ${source}`,
  ]);
  const held = await listHeld(tx, replacement);
  const outcomes: DayOutcome[] = [];
  for (const answer of answers) {
    outcomes.push({
      day: answer.day,
      outcome: await replaceDay(tx, replacement, answer, held.get(answer.day)),
    });
  }
  return outcomes;
}

async function listHeld(
  tx: Knex.Transaction,
  { source, answers }: Replacement,
): Promise<Map<string, DbChargeDayRow>> {
  const rows: DbChargeDayRow[] = await tx(CHARGE_DAYS)
    .where({ source })
    .whereRaw('day = any(?::date[])', [answers.map(({ day }) => day)])
    .select('*', tx.raw('day::text as day'));
  return new Map(rows.map(row => [row.day, row]));
}

async function replaceDay(
  tx: Knex.Transaction,
  replacement: Replacement,
  { day, charges }: DayAnswer,
  held: DbChargeDayRow | undefined,
): Promise<DayOutcome['outcome']> {
  const { source, title, askedAt, acceptShrunken } = replacement;
  if (held && held.checked_at > askedAt) return 'outdated';
  const counts = {
    heldCharges: held?.charge_count ?? 0,
    givenCharges: charges.length,
  };
  if (!acceptShrunken && isShrunken(counts)) {
    await tx(CHARGE_DAYS)
      .where({ source, day })
      .update({
        checked_at: askedAt,
        stale_reason: `${title} told ${charges.length || 'no'} charges for ${day}, for which it had told ${counts.heldCharges}; those are kept.`,
        stale_since: tx.raw('coalesce(stale_since, now())'),
      });
    return 'stale';
  }
  const content_hash = hash(charges);
  const isEqual = held?.content_hash === content_hash;
  if (!isEqual) {
    await tx(CHARGES).where({ source, day }).delete();
    await insertCharges(tx, source, charges);
  }
  await tx(CHARGE_DAYS)
    .insert({
      source,
      day,
      charge_count: charges.length,
      content_hash,
      told_at: askedAt,
      checked_at: askedAt,
      stale_reason: null,
      stale_since: null,
    })
    .onConflict(['source', 'day'])
    .merge();
  return isEqual || (!held && charges.length === 0) ? 'unchanged' : 'replaced';
}

async function insertCharges(
  tx: Knex.Transaction,
  source: string,
  charges: SourceCharge[],
): Promise<void> {
  for (let start = 0; start < charges.length; start += ROWS_PER_STATEMENT) {
    const rows = charges
      .slice(start, start + ROWS_PER_STATEMENT)
      .map((charge, index) => ({ ...charge, ordinal: start + index }));
    await tx.raw(
      `insert into ${CHARGES} (source, day, ordinal, category, service, amount,
         effective_amount, currency, project_key, project_name, quantity, unit,
         region, other)
       select ?, day, ordinal, category, service, amount, "effectiveAmount",
         currency, "projectKey", "projectName", quantity, unit, region, other
       from json_to_recordset(?::json) as given (
         day date, ordinal integer, category text, service text, amount numeric,
         "effectiveAmount" numeric, currency text, "projectKey" text,
         "projectName" text, quantity numeric, unit text, region text,
         other jsonb)`,
      [source, JSON.stringify(rows)],
    );
  }
}

function hash(charges: SourceCharge[]): string {
  return createHash('sha256').update(JSON.stringify(charges)).digest('hex');
}
