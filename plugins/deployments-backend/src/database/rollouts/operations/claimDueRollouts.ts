import type { Knex } from 'knex';
import { toRolloutRecord } from '../rolloutRows';
import type { ClaimedRollout } from '../RolloutStore';
import { ROLLOUTS, type DbRolloutRow } from '../tables';

/** Claims rollouts that are due, or the one with the given id if it is. */
export async function claimDueRollouts(
  knex: Knex,
  options: { limit: number; leaseSeconds: number; id?: string },
): Promise<ClaimedRollout[]> {
  const { limit, leaseSeconds, id } = options;
  const { rows } = await knex.raw<{ rows: DbRolloutRow[] }>(
    `with due as (
       select id from ${ROLLOUTS}
       where ended_at is null and due_at <= now()
         ${id ? 'and id = ?' : ''}
       order by due_at
       limit ?
       for update skip locked
     )
     update ${ROLLOUTS} as claimed
     set lease_id = gen_random_uuid(),
         due_at = now() + ? * interval '1 second',
         claimed_generation = requested_generation
     from due
     where claimed.id = due.id
     returning claimed.*`,
    [...(id ? [id] : []), limit, leaseSeconds],
  );
  return rows.map(row => ({
    rollout: toRolloutRecord(row),
    leaseId: row.lease_id!,
  }));
}
