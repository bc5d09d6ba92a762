import type { Knex } from 'knex';
import type { GateReportsStore } from './GateReportsStore';
import { GATE_REPORTS, GATE_RESULTS, type DbGateReportRow } from './tables';

/** How soon a rollout is looked after whose end nobody told of. */
const LOOK_SECONDS = 60;

/** Every change of when a rollout is due makes another one, in microseconds. */
const VERSION = 'extract(epoch from due_at)::text';

type HeldReport = Pick<DbGateReportRow, 'checks'> & { version: string };

/** Keeps in PostgreSQL what outside has still to be told of. */
export class DatabaseGateReportsStore implements GateReportsStore {
  constructor(private readonly knex: Knex) {}

  async begin(
    rolloutId: string,
  ): Promise<{ checks?: string; version: string }> {
    const find = () =>
      this.#where(rolloutId).first<HeldReport | undefined>(
        'checks',
        this.knex.raw(`${VERSION} as version`),
      );
    let held = await find();
    if (!held) {
      await this.knex(GATE_REPORTS)
        .insert({ rollout_id: rolloutId, due_at: this.#in(LOOK_SECONDS) })
        .onConflict('rollout_id')
        .ignore();
      held = await find();
    }
    return {
      checks: held?.checks ?? undefined,
      version: held?.version ?? '',
    };
  }

  async putChecks(rolloutId: string, checks: string): Promise<void> {
    await this.#where(rolloutId).update({ checks });
  }

  async delay(rolloutId: string, seconds: number): Promise<void> {
    await this.#where(rolloutId).update({ due_at: this.#in(seconds) });
  }

  async settle(rolloutId: string, version?: string): Promise<void> {
    const query = this.#where(rolloutId);
    if (version !== undefined) query.whereRaw(`${VERSION} = ?`, [version]);
    await query.update({ settled_at: this.knex.fn.now() });
  }

  async reopen(rolloutId: string): Promise<void> {
    await this.knex.transaction(async tx => {
      await tx(GATE_RESULTS)
        .where({ rollout_id: rolloutId })
        .update({ reported: null, report_after: null });
      await tx(GATE_REPORTS)
        .where({ rollout_id: rolloutId })
        .update({
          checks: null,
          settled_at: null,
          due_at: tx.raw('clock_timestamp()'),
        });
    });
  }

  async listDue({ limit }: { limit: number }): Promise<string[]> {
    return this.knex<DbGateReportRow>(GATE_REPORTS)
      .whereNull('settled_at')
      .whereRaw('due_at <= clock_timestamp()')
      .orderBy('due_at')
      .limit(limit)
      .pluck('rollout_id');
  }

  #in(seconds: number) {
    return this.knex.raw("clock_timestamp() + ? * interval '1 second'", [
      seconds,
    ]);
  }

  #where(rolloutId: string) {
    return this.knex<DbGateReportRow>(GATE_REPORTS).where({
      rollout_id: rolloutId,
    });
  }
}
