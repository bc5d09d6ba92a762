import type { Knex } from 'knex';
import { ROLLOUTS, ROLLOUT_POINTS } from '../tables';

/**
 * Merges the points of rollouts that ended long ago into one a minute: counts
 * add up, the rest is that of the last point of the minute. Gives how many
 * rollouts it did so for; replicas never take the same one.
 */
export async function thinEndedPoints(
  knex: Knex,
  { afterDays, limit }: { afterDays: number; limit: number },
): Promise<number> {
  return knex.transaction(async tx => {
    const { rows } = await tx.raw<{ rows: { id: string }[] }>(
      `update ${ROLLOUTS} set points_thinned_at = now()
       where id in (
         select id from ${ROLLOUTS}
         where ended_at is not null and points_thinned_at is null
           and ended_at < now() - ? * interval '1 day'
         order by ended_at
         limit ?
         for update skip locked
       )
       returning id`,
      [afterDays, limit],
    );
    if (rows.length === 0) return 0;
    await tx.raw(
      `with minutes as (
         select rollout_id, max(id) as last_id, array_agg(id) as ids,
           sum((canary->>'requests')::numeric) as canary_requests,
           sum((canary->>'errors')::numeric) as canary_errors,
           sum((stable->>'requests')::numeric) as stable_requests,
           sum((stable->>'errors')::numeric) as stable_errors
         from ${ROLLOUT_POINTS}
         where rollout_id = any(?)
         group by rollout_id, date_bin('1 minute', at, 'epoch')
         having count(*) > 1
       ), kept as (
         update ${ROLLOUT_POINTS} p
         set canary = p.canary || jsonb_build_object(
               'requests', m.canary_requests, 'errors', m.canary_errors),
             stable = p.stable || jsonb_build_object(
               'requests', m.stable_requests, 'errors', m.stable_errors)
         from minutes m where p.id = m.last_id
       )
       delete from ${ROLLOUT_POINTS} p using minutes m
       where p.id = any(m.ids) and p.id <> m.last_id`,
      [rows.map(({ id }) => id)],
    );
    return rows.length;
  });
}
