import type { GateOverride } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import type { GateOverridesStore } from './GateOverridesStore';
import { GATE_OVERRIDES, type DbGateOverrideRow } from './tables';

/**
 * Keeps overrides in PostgreSQL; they end by the database's clock.
 */
export class DatabaseGateOverridesStore implements GateOverridesStore {
  constructor(private readonly knex: Knex) {}

  async insert(override: {
    entityRef: string;
    environment: string;
    reason: string;
    createdBy: string;
    minutes: number;
  }): Promise<GateOverride> {
    const [row] = await this.knex<DbGateOverrideRow>(GATE_OVERRIDES)
      .insert({
        entity_ref: override.entityRef,
        environment: override.environment,
        reason: override.reason,
        created_by: override.createdBy,
        expires_at: this.knex.raw("now() + ? * interval '1 minute'", [
          override.minutes,
        ]),
      })
      .returning('*');
    return toOverride(row);
  }

  async findActive(request: {
    entityRef: string;
    environment: string;
  }): Promise<GateOverride | undefined> {
    const row = await this.knex<DbGateOverrideRow>(GATE_OVERRIDES)
      .where({
        entity_ref: request.entityRef,
        environment: request.environment,
      })
      .whereRaw('expires_at > clock_timestamp()')
      .orderBy('expires_at', 'desc')
      .first();
    return row && toOverride(row);
  }
}

function toOverride(row: DbGateOverrideRow): GateOverride {
  return {
    id: row.id,
    entityRef: row.entity_ref,
    environment: row.environment,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
