import type { ChangePage } from '@forkyard/api-client';
import type { Knex } from 'knex';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../requests/cursor';

const positionSchema = z.string().regex(/^\d{1,19}$/);
const ROWS_PER_STATEMENT = 500;

type Item = { entityRef: string; asOf?: string };

interface DbChangeRow<T> {
  entity_ref: string;
  value: T;
  change_sequence: string;
}

/**
 * Keeps one small value for each entity and tells others, in order, which
 * changed.
 *
 * A value takes the next number of the table's sequence whenever it differs
 * from what is held, its `asOf` aside. Writers queue for one lock, so that a
 * number becomes visible only after all smaller ones: a reader that remembers
 * the last number it saw misses nothing.
 */
export class DatabaseChangeFeed<T extends Item> {
  /**
   * @param options - `table` has `entity_ref text primary key`, `value jsonb
   * not null` and `change_sequence bigserial not null unique`.
   */
  constructor(private readonly options: { knex: Knex; table: string }) {}

  /** Holds the values; later ones for the same entity replace earlier ones. */
  async put(items: readonly T[]): Promise<void> {
    const byEntity = new Map(items.map(item => [item.entityRef, item]));
    if (byEntity.size === 0) return;
    const { knex, table } = this.options;
    const rows = [...byEntity.values()];
    await knex.transaction(async tx => {
      await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [
        `change-feed:${table}`,
      ]);
      for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
        const chunk = rows.slice(start, start + ROWS_PER_STATEMENT);
        await tx.raw(
          `insert into ?? as held (entity_ref, value)
           select entity_ref, value::jsonb
             from unnest(?::text[], ?::text[]) as given (entity_ref, value)
           on conflict (entity_ref) do update
             set value = excluded.value,
                 change_sequence = case
                   when held.value - 'asOf' = excluded.value - 'asOf'
                     then held.change_sequence
                   else excluded.change_sequence end
             where held.value <> excluded.value`,
          [
            table,
            chunk.map(({ entityRef }) => entityRef),
            chunk.map(item => JSON.stringify(item)),
          ],
        );
      }
    });
  }

  /** Lists what changed after the cursor, or everything without one. */
  async list(request: {
    cursor?: string;
    limit: number;
  }): Promise<ChangePage<T>> {
    const { knex, table } = this.options;
    const after = request.cursor
      ? decodeCursor(positionSchema, request.cursor)
      : '0';
    const rows = await knex<DbChangeRow<T>>(table)
      .where('change_sequence', '>', after)
      .orderBy('change_sequence')
      .limit(request.limit + 1)
      .select('value', 'change_sequence');
    const items = rows.slice(0, request.limit) as DbChangeRow<T>[];
    return {
      items: items.map(({ value }) => value),
      cursor: encodeCursor(items.at(-1)?.change_sequence ?? after),
      hasMore: rows.length > request.limit,
    };
  }
}
