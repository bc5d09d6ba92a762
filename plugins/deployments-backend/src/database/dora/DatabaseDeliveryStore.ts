import type {
  ClassifiedChange,
  DailyDeploys,
  DeliveryChange,
  DeliveryFacts,
  DoraMetricName,
} from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { DEPLOYMENTS, LIVE_DEPLOYMENTS } from '../tables';
import type {
  DeliveryPosition,
  DeliveryStore,
  KnownHistory,
  RolloutsKey,
  TrafficHistory,
} from './DeliveryStore';
import {
  leadTimeSeconds,
  toDeliveryChange,
  type DbChangeWithCommit,
} from './deliveryRows';
import { replaceChanges } from './operations/replaceChanges';
import { COMMITS, DELIVERY_CHANGES, DELIVERY_FOLDS } from './tables';

/** The newest row of an entity's history, by its index. */
const NEWEST_LIVE = `left join lateral (
  select id from ${LIVE_DEPLOYMENTS} l
  where l.entity_ref = e.entity_ref and l.environment = 'production'
  order by id desc limit 1
) newest on true`;

const JOINED = `left join ${DEPLOYMENTS} d
    on d.entity_ref = c.entity_ref and d.id = c.deployment_id
  left join ${COMMITS} m on m.sha = d.commit_sha`;

/** Which rows a metric is of; each is an index of its own. */
const CONDITIONS: Record<DoraMetricName, string> = {
  'deployment-frequency': 'true',
  'change-lead-time': 'c.first_of_version',
  'change-fail-rate': 'c.failure_kind is not null',
  'failed-deployment-recovery-time': 'c.failure_kind is not null',
  'rework-rate': 'c.repairs is not null',
};

/** Keeps deployments to production in PostgreSQL. */
export class DatabaseDeliveryStore implements DeliveryStore {
  constructor(private readonly knex: Knex) {}

  async listGrown(keys: RolloutsKey[]): Promise<string[]> {
    const { rows } = await this.knex.raw<{ rows: { entity_ref: string }[] }>(
      `select e.entity_ref
         from unnest(?::text[], ?::text[]) as e (entity_ref, rollouts_key)
         left join ${DELIVERY_FOLDS} f on f.entity_ref = e.entity_ref
         ${NEWEST_LIVE}
        where newest.id is distinct from f.last_live_id
           or coalesce(f.rollouts_key, '') <> e.rollouts_key`,
      [keys.map(({ entityRef }) => entityRef), keys.map(({ key }) => key)],
    );
    return rows.map(row => row.entity_ref);
  }

  async listMoved(limit: number): Promise<string[]> {
    const { rows } = await this.knex.raw<{ rows: { entity_ref: string }[] }>(
      `select e.entity_ref from environments e
         left join ${DELIVERY_FOLDS} f on f.entity_ref = e.entity_ref
         ${NEWEST_LIVE}
        where e.environment = 'production'
          and newest.id is distinct from f.last_live_id
        limit ?`,
      [limit],
    );
    return rows.map(row => row.entity_ref);
  }

  async replaceChanges(
    keys: RolloutsKey[],
    classify: (history: TrafficHistory) => ClassifiedChange[],
  ): Promise<void> {
    await this.knex.transaction(tx => replaceChanges(tx, keys, classify));
  }

  async listDelivering(entityRefs: string[]): Promise<string[]> {
    const { rows } = await this.knex.raw<{ rows: { entity_ref: string }[] }>(
      `select entity_ref from environments
        where entity_ref = any(?) and environment = 'production'
        order by entity_ref`,
      [entityRefs],
    );
    return rows.map(row => row.entity_ref);
  }

  async getKnownHistory(entityRefs: string[]): Promise<KnownHistory> {
    const { rows } = await this.knex.raw<{
      rows: [
        {
          now: Date;
          entities: string;
          known_since: Date | null;
          as_of: Date | null;
        },
      ];
    }>(
      `select now() as now, count(known_since) as entities,
         min(known_since) as known_since,
         (select min(last_success_at) from tracked_entities
           where entity_ref = any(:refs)) as as_of
       from ${DELIVERY_FOLDS} where entity_ref = any(:refs)`,
      { refs: entityRefs },
    );
    const [row] = rows;
    return {
      now: row.now,
      entities: Number(row.entities),
      knownSince: row.known_since ?? undefined,
      asOf: row.as_of ?? undefined,
    };
  }

  async listFacts(options: {
    entityRefs: string[];
    from: Date;
    limit: number;
  }): Promise<DeliveryFacts[]> {
    const { rows } = await this.knex.raw<{ rows: DbChangeWithCommit[] }>(
      `select c.at, c.first_of_version, c.failure_kind, c.recovery_seconds,
         c.repairs, m.committed_at
       from ${DELIVERY_CHANGES} c ${JOINED}
       where c.entity_ref = any(?) and c.at >= ? limit ?`,
      [options.entityRefs, options.from, options.limit + 1],
    );
    return rows.map(row => ({
      at: row.at,
      firstOfVersion: row.first_of_version,
      leadTimeSeconds: leadTimeSeconds(row),
      failed: row.failure_kind !== null,
      recoverySeconds: row.recovery_seconds ?? undefined,
      isRepair: row.repairs !== null,
    }));
  }

  async countByDay({
    entityRef,
    days,
  }: {
    entityRef: string;
    days: number;
  }): Promise<DailyDeploys[]> {
    const { rows } = await this.knex.raw<{ rows: DailyDeploys[] }>(
      `select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as date,
              count(*)::integer as count
       from ${DELIVERY_CHANGES}
       where entity_ref = ?
         and at >= (date_trunc('day', now() at time zone 'UTC')
                    - make_interval(days => ?)) at time zone 'UTC'
       group by 1 order by 1`,
      [entityRef, days - 1],
    );
    return rows;
  }

  /**
   * Takes at most a page from the index of each entity, and of those the
   * newest: no more is read, however long the histories are.
   */
  async listChanges(options: {
    entityRefs: string[];
    from: Date;
    metric?: DoraMetricName;
    after?: DeliveryPosition;
    limit: number;
  }): Promise<DeliveryChange[]> {
    const { entityRefs, from, metric, after, limit } = options;
    const condition = CONDITIONS[metric ?? 'deployment-frequency'];
    const { rows } = await this.knex.raw<{ rows: DbChangeWithCommit[] }>(
      `select c.*, d.commit_sha, d.commit_message, d.commit_author,
         d.commit_ref, d.commit_url, m.committed_at
       from (
         select page.* from unnest(cast(:entityRefs as text[])) as e (entity_ref)
         cross join lateral (
           select * from ${DELIVERY_CHANGES} c
           where c.entity_ref = e.entity_ref and c.at >= :from
             and ${condition}
             ${after ? 'and (c.at, c.id) < (cast(:at as timestamptz), :id)' : ''}
           order by c.at desc, c.id desc limit :limit
         ) page
         order by page.at desc, page.id desc limit :limit
       ) c ${JOINED}
       order by c.at desc, c.id desc`,
      {
        entityRefs,
        from,
        limit,
        at: after?.at ?? '',
        id: after?.id ?? '',
      },
    );
    return rows.map(toDeliveryChange);
  }
}
