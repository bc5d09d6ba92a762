import type { ForkVitalsPart } from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import { describeHealth } from '../services/describeHealth';
import type { ForkVitalsStore, PartVitals } from './ForkVitalsStore';
import {
  FORKS_TABLE,
  VITALS_CURSORS_TABLE,
  type DbForkRow,
  type DbVitalsCursorRow,
} from './tables';
import { writeForkChanges } from './writeForkChanges';

/**
 * Keeps vitals beside the forks, so that the list sorts and filters by them.
 */
export class DatabaseForkVitalsStore implements ForkVitalsStore {
  constructor(private readonly knex: Knex) {}

  async findCursor(request: {
    part: ForkVitalsPart;
    wholeEverySeconds: number;
  }): Promise<string | undefined> {
    const row = await this.knex<DbVitalsCursorRow>(VITALS_CURSORS_TABLE)
      .where({ part: request.part })
      .whereRaw('read_whole_at > now() - make_interval(secs => ?)', [
        request.wholeEverySeconds,
      ])
      .first();
    return row?.cursor ?? undefined;
  }

  async putPage(request: {
    part: ForkVitalsPart;
    items: PartVitals[];
    from: string | undefined;
    cursor: string;
  }): Promise<string[]> {
    const { part, items, from, cursor } = request;
    const values = new Map(
      items.map(({ entityRef, value }) => [entityRef, value]),
    );
    return this.knex.transaction(async tx => {
      const rows: DbForkRow[] = await tx<DbForkRow>(FORKS_TABLE)
        .whereIn('entity_ref', [...values.keys()])
        .whereNot({ lifecycle: 'deleted' })
        .orderBy('name')
        .forUpdate();
      const changed: string[] = [];
      for (const row of rows) {
        const vitals = { ...row.vitals, [part]: values.get(row.entity_ref) };
        const health = describeStored(row, vitals);
        if (await writeForkChanges(tx, row, { vitals, ...health })) {
          changed.push(row.name);
        }
      }
      await tx<DbVitalsCursorRow>(VITALS_CURSORS_TABLE)
        .insert({
          part,
          cursor,
          ...(from === undefined && { read_whole_at: tx.fn.now(3) }),
        })
        .onConflict('part')
        .merge();
      return changed;
    });
  }
}

/** Forks that are not active keep the status of their provisioning. */
function describeStored(row: DbForkRow, vitals: DbForkRow['vitals']) {
  const { status, statusReason } =
    row.lifecycle === 'active' && row.deployed_status
      ? describeHealth(
          {
            status: row.deployed_status,
            statusReason: row.deployed_reason ?? '',
          },
          vitals,
        )
      : { status: row.status, statusReason: row.status_reason };
  return { status, status_reason: statusReason };
}
