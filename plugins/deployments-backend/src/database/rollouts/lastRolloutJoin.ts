import { ROLLOUTS } from './tables';

/**
 * Joins to each deployment `d` how its last rollout with traffic ended, else its
 * last one: a later one that was stopped before any traffic says nothing of how
 * users met it. Null while one has not ended, because that one decides anew.
 */
export const lastRolloutJoin = `left join lateral (
  select case when r.ended_at is not null then jsonb_build_object(
    'id', r.id,
    'outcome', r.state,
    'reason', r.reason,
    'endedAt', r.ended_at,
    'hadTraffic', r.progress->>'trafficSince' is not null,
    'met', r.progress #> '{counting,met}'
  ) end as last_rollout
  from ${ROLLOUTS} r
  where r.deployment_id = d.id and r.entity_ref = d.entity_ref
  order by r.ended_at is null desc,
    (r.state = 'promoted' or r.progress->>'trafficSince' is not null) desc,
    r.created_at desc, r.id desc
  limit 1
) last on true`;
