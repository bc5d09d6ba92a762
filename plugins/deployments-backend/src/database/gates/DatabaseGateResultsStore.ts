import type {
  RolloutGate,
  RolloutGateName,
} from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import type {
  GateOutcome,
  GateResultsStore,
  HeldGate,
} from './GateResultsStore';
import { GATE_RESULTS, type DbGateResultRow } from './tables';

type GateKey = { rolloutId: string; gate: RolloutGateName };

/**
 * Keeps the results of gates in PostgreSQL, one row for each gate of a rollout.
 */
export class DatabaseGateResultsStore implements GateResultsStore {
  constructor(private readonly knex: Knex) {}

  async list(rolloutId: string): Promise<HeldGate[]> {
    const rows: (DbGateResultRow & { age: string; may_report: boolean })[] =
      await this.knex(GATE_RESULTS)
        .where({ rollout_id: rolloutId })
        .select(
          '*',
          this.knex.raw(
            'extract(epoch from clock_timestamp() - checked_at) as age',
          ),
          this.knex.raw(
            'coalesce(report_after <= clock_timestamp(), true) as may_report',
          ),
        );
    return rows.map(row => ({
      ...toGate(row),
      publicReason: row.public_reason ?? row.reason,
      subject: row.subject ?? undefined,
      ageSeconds: Number(row.age),
      reported: row.reported ?? undefined,
      mayReport: row.may_report,
    }));
  }

  async put(
    key: GateKey,
    outcome: GateOutcome & { subject?: string },
  ): Promise<RolloutGate> {
    const [row] = await this.knex<DbGateResultRow>(GATE_RESULTS)
      .insert({
        rollout_id: key.rolloutId,
        gate: key.gate,
        state: outcome.state,
        reason: outcome.reason,
        public_reason: outcome.publicReason ?? null,
        url: outcome.url ?? null,
        subject: outcome.subject ?? null,
        checked_at: this.knex.raw('clock_timestamp()'),
      })
      .onConflict(['rollout_id', 'gate'])
      .merge([
        'state',
        'reason',
        'public_reason',
        'url',
        'subject',
        'checked_at',
      ])
      .returning('*');
    return toGate(row);
  }

  async countAttempt(key: GateKey): Promise<number> {
    const [row] = await this.knex<DbGateResultRow>(GATE_RESULTS)
      .insert({
        rollout_id: key.rolloutId,
        gate: key.gate,
        state: 'waiting',
        reason: 'Being checked.',
        checked_at: this.knex.raw('clock_timestamp()'),
        attempts: 1,
      })
      .onConflict(['rollout_id', 'gate'])
      .merge({ attempts: this.knex.raw(`${GATE_RESULTS}.attempts + 1`) })
      .returning('*');
    return row.attempts;
  }

  async markReported(key: GateKey, reported: string): Promise<void> {
    await this.#where(key).update({ reported, report_after: null });
  }

  async delayReport(key: GateKey, seconds: number): Promise<void> {
    await this.#where(key).update({
      report_after: this.knex.raw("now() + ? * interval '1 second'", [seconds]),
    });
  }

  #where({ rolloutId, gate }: GateKey) {
    return this.knex<DbGateResultRow>(GATE_RESULTS).where({
      rollout_id: rolloutId,
      gate,
    });
  }
}

function toGate(row: DbGateResultRow): RolloutGate {
  return {
    gate: row.gate,
    state: row.state,
    reason: row.reason,
    checkedAt: row.checked_at.toISOString(),
    url: row.url ?? undefined,
  };
}
