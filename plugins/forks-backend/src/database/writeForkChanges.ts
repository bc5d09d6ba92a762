import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { FORKS_TABLE, type DbForkRow } from './tables';

/**
 * Writes what differs from a row that is locked; resolves to whether anything
 * did. The time of the status moves only when its word does.
 */
export async function writeForkChanges(
  tx: Knex.Transaction,
  row: DbForkRow,
  next: Partial<DbForkRow> & Pick<DbForkRow, 'status'>,
): Promise<boolean> {
  const columns = Object.keys(next) as Array<keyof DbForkRow>;
  if (columns.every(column => isDeepStrictEqual(row[column], next[column]))) {
    return false;
  }
  await tx<DbForkRow>(FORKS_TABLE)
    .where({ name: row.name })
    .update({
      ...next,
      ...(next.status !== row.status && { status_since: tx.fn.now(3) }),
    });
  return true;
}
