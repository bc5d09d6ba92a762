import type { Knex } from 'knex';
import type { GateReportsStore } from './GateReportsStore';
import { GATE_REPORTS, type DbGateReportRow } from './tables';

/** How soon a rollout is looked after whose end nobody told of. */
const LOOK_SECONDS = 60;

/** Keeps in PostgreSQL what outside has still to be told of. */
export class DatabaseGateReportsStore implements GateReportsStore {
  constructor(private readonly knex: Knex) {}

  async begin(rolloutId: string): Promise<{ checks?: string }> {
    const held = await this.#where(rolloutId).first('checks');
    if (held) return { checks: held.checks ?? undefined };
    await this.knex(GATE_REPORTS)
      .insert({ rollout_id: rolloutId, due_at: this.#in(LOOK_SECONDS) })
      .onConflict('rollout_id')
      .ignore();
    return {};
  }

  async putChecks(rolloutId: string, checks: string): Promise<void> {
    await this.#where(rolloutId).update({ checks });
  }

  async delay(rolloutId: string, seconds: number): Promise<void> {
    await this.#where(rolloutId).update({ due_at: this.#in(seconds) });
  }

  async settle(rolloutId: string): Promise<void> {
    await this.#where(rolloutId).update({ settled_at: this.knex.fn.now() });
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
