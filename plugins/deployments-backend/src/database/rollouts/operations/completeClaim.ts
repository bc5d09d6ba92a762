import type { Knex } from 'knex';
import { ROLLOUTS, type DbRolloutRow } from '../tables';

/** Ends a claim; what was asked for during it makes the rollout due at once. */
export async function completeClaim(
  knex: Knex,
  leaseId: string,
  outcome: { succeeded: boolean; nextInSeconds: number },
): Promise<boolean> {
  const completed = await knex<DbRolloutRow>(ROLLOUTS)
    .where({ lease_id: leaseId })
    .update({
      lease_id: null,
      due_at: knex.raw(
        `case when requested_generation > claimed_generation then now()
              else now() + ? * interval '1 second' end`,
        [outcome.nextInSeconds],
      ),
      failure_count: outcome.succeeded ? 0 : knex.raw('failure_count + 1'),
    });
  return completed > 0;
}
