import type { TimelineEntry } from '@forkyard/plugin-incidents-common';
import type { Knex } from 'knex';
import { TIMELINE, type DbTimelineRow } from './tables';
import type { NewTimelineEntry, TimelineStore } from './TimelineStore';

/** Longest timeline that is shown; older entries stay in the table. */
const ENTRIES = 500;

/** Writes entries, within the transaction of what they tell of. */
export async function appendTimeline(
  knex: Knex,
  entries: NewTimelineEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await knex<DbTimelineRow>(TIMELINE).insert(
    entries.map(entry => ({
      who: entry.who,
      kind: entry.kind,
      text: entry.text,
      alert_id: entry.alertId ?? null,
      run_id: entry.runId ?? null,
      step_index: entry.stepIndex ?? null,
    })),
  );
}

/** Keeps the timeline in PostgreSQL, whose trigger refuses changes to it. */
export class DatabaseTimelineStore implements TimelineStore {
  constructor(private readonly knex: Knex) {}

  async append(entries: NewTimelineEntry[]): Promise<void> {
    await appendTimeline(this.knex, entries);
  }

  async appendOnce(entry: NewTimelineEntry): Promise<void> {
    const same = {
      who: entry.who,
      kind: entry.kind,
      alert_id: entry.alertId ?? null,
      run_id: entry.runId ?? null,
    };
    await this.knex.transaction(async tx => {
      await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [
        `timeline:${JSON.stringify(Object.values(same))}`,
      ]);
      const held = await tx<DbTimelineRow>(TIMELINE).where(same).first('id');
      if (!held) await appendTimeline(tx, [entry]);
    });
  }

  async list(
    of: { alertId: string } | { runId: string },
  ): Promise<TimelineEntry[]> {
    const rows = await this.knex<DbTimelineRow>(TIMELINE)
      .where('alertId' in of ? { alert_id: of.alertId } : { run_id: of.runId })
      .orderBy('id', 'desc')
      .limit(ENTRIES);
    return rows.reverse().map(toTimelineEntry);
  }
}

function toTimelineEntry(row: DbTimelineRow): TimelineEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    who: row.who,
    kind: row.kind,
    text: row.text,
    alertId: row.alert_id ?? undefined,
    runId: row.run_id ?? undefined,
    stepIndex: row.step_index ?? undefined,
  };
}
