import { ConflictError } from '@backstage/errors';
import type { RolloutPoint } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import {
  isFinalRolloutState,
  toChangedColumns,
  toRolloutRecord,
} from '../rolloutRows';
import type {
  NewTransition,
  RolloutChange,
  RolloutRecord,
} from '../RolloutStore';
import { ROLLOUTS, type DbRolloutRow } from '../tables';
import { insertPoint, insertTransition } from './insertEvidence';

/** PostgreSQL's code for a value that a unique index has already. */
const UNIQUE_VIOLATION = '23505';

/**
 * Writes a change with its transition and point, unless somebody wrote since
 * `rollout` was read or has its lease.
 */
export async function updateRollout(
  knex: Knex,
  rollout: RolloutRecord,
  write: {
    change: RolloutChange;
    transition?: NewTransition;
    point?: RolloutPoint;
    leaseId?: string;
  },
): Promise<RolloutRecord | undefined> {
  const { change, transition, point, leaseId } = write;
  const isFinal = change.state && isFinalRolloutState(change.state);
  try {
    return await knex.transaction(async tx => {
      const query = tx<DbRolloutRow>(ROLLOUTS)
        .where({ id: rollout.id, revision: rollout.revision })
        .whereNull('ended_at');
      if (leaseId) query.where({ lease_id: leaseId });
      const [row] = await query
        .update({
          ...toChangedColumns(change),
          ...(isFinal && { ended_at: tx.raw('clock_timestamp()') }),
          revision: tx.raw('revision + 1'),
        })
        .returning('*');
      if (!row) return undefined;
      if (transition) {
        await insertTransition(tx, row.id, rollout.state, transition);
      }
      if (point) await insertPoint(tx, row.id, point);
      return toRolloutRecord(row);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new ConflictError(
      `Rollout '${rollout.id}' cannot begin: another one is under way in ${rollout.environment} of '${rollout.entityRef}'. It begins when that one has ended.`,
    );
  }
}
