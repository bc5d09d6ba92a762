import type {
  ClassifiedChange,
  TrafficSpan,
} from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { DEPLOYMENTS, LIVE_DEPLOYMENTS } from '../../tables';
import type { RolloutsKey, TrafficHistory } from '../DeliveryStore';
import {
  COMMITS,
  DELIVERY_CHANGES,
  DELIVERY_FOLDS,
  type DbDeliveryChangeRow,
} from '../tables';

interface DbSpanRow {
  id: string;
  entity_ref: string;
  deployment_id: string;
  from_at: Date;
  commit_sha: string | null;
}

/**
 * Derives the changes of entities anew from all that had production's traffic,
 * and enters the commits whose time is to be asked for.
 *
 * Takes turns with other such transactions and reads only then, so that what is
 * written never rests on less than what is there already.
 */
export async function replaceChanges(
  tx: Knex.Transaction,
  keys: RolloutsKey[],
  classify: (history: TrafficHistory) => ClassifiedChange[],
): Promise<void> {
  await tx.raw("select pg_advisory_xact_lock(hashtext('delivery-changes'))");
  const histories = await readHistories(
    tx,
    keys.map(({ entityRef }) => entityRef),
  );
  const rows = histories.flatMap(history =>
    classify(history).map(change => toRow(history.entityRef, change)),
  );
  const entityRefs = histories.map(({ entityRef }) => entityRef);
  await enterCommits(tx, entityRefs);
  await writeChanges(tx, entityRefs, rows);
  await writeFolds(tx, keys, histories);
}

async function readHistories(
  tx: Knex.Transaction,
  entityRefs: string[],
): Promise<TrafficHistory[]> {
  const { rows } = await tx.raw<{ rows: DbSpanRow[] }>(
    `select l.id, l.entity_ref, l.deployment_id, l.from_at, d.commit_sha
     from ${LIVE_DEPLOYMENTS} l left join ${DEPLOYMENTS} d
       on d.entity_ref = l.entity_ref and d.id = l.deployment_id
     where l.entity_ref = any(?) and l.environment = 'production'
     order by l.entity_ref, l.from_at, l.id`,
    [entityRefs],
  );
  const spans = new Map(
    entityRefs.map((entityRef): [string, TrafficSpan[]] => [entityRef, []]),
  );
  for (const row of rows) {
    spans.get(row.entity_ref)?.push({
      id: row.id,
      deploymentId: row.deployment_id,
      version: row.commit_sha ?? row.deployment_id,
      from: row.from_at,
    });
  }
  return [...spans].map(([entityRef, its]) => ({ entityRef, spans: its }));
}

/**
 * Enters commits once. One whose time is not known is asked for again where it
 * was deployed from last: an address that leads nowhere must not keep others
 * who deploy the same commit from their lead time.
 */
async function enterCommits(
  tx: Knex.Transaction,
  entityRefs: string[],
): Promise<void> {
  await tx.raw(
    `insert into ${COMMITS} (sha, url)
     select distinct on (d.commit_sha) d.commit_sha, d.commit_url
     from ${LIVE_DEPLOYMENTS} l join ${DEPLOYMENTS} d
       on d.entity_ref = l.entity_ref and d.id = l.deployment_id
     where l.entity_ref = any(?) and l.environment = 'production'
       and d.commit_sha is not null and d.commit_url is not null
     order by d.commit_sha, l.id desc
     on conflict (sha) do update
       set url = excluded.url, due_at = now(), attempts = 0
       where ${COMMITS}.committed_at is null and ${COMMITS}.url <> excluded.url`,
    [entityRefs],
  );
}

/** Leaves rows alone that are as they were: most are. */
async function writeChanges(
  tx: Knex.Transaction,
  entityRefs: string[],
  rows: DbDeliveryChangeRow[],
): Promise<void> {
  await tx.raw(
    `with given as (
       select * from jsonb_populate_recordset(null::${DELIVERY_CHANGES}, ?)
     ), gone as (
       delete from ${DELIVERY_CHANGES} c
       where c.entity_ref = any(?) and not exists (
         select from given g where g.entity_ref = c.entity_ref and g.id = c.id
       )
     )
     insert into ${DELIVERY_CHANGES} as held select * from given
     on conflict (entity_ref, id) do update set
       (at, traffic, first_of_version, failure_kind, recovered_at,
        recovery_seconds, recovered_by, repairs) =
       (excluded.at, excluded.traffic, excluded.first_of_version,
        excluded.failure_kind, excluded.recovered_at,
        excluded.recovery_seconds, excluded.recovered_by, excluded.repairs)
     where held.* is distinct from excluded.*`,
    [JSON.stringify(rows), entityRefs],
  );
}

async function writeFolds(
  tx: Knex.Transaction,
  keys: RolloutsKey[],
  histories: TrafficHistory[],
): Promise<void> {
  const rollouts = new Map(keys.map(({ entityRef, key }) => [entityRef, key]));
  await tx(DELIVERY_FOLDS)
    .insert(
      histories.map(({ entityRef, spans }) => ({
        entity_ref: entityRef,
        last_live_id: newestId(spans),
        rollouts_key: rollouts.get(entityRef) ?? '',
        known_since: spans[0]?.from ?? null,
      })),
    )
    .onConflict('entity_ref')
    .merge();
}

/** The newest by id, which need not be the newest by time. */
function newestId(spans: TrafficSpan[]): string | undefined {
  return spans
    .map(({ id }) => id)
    .reduce<string | undefined>(
      (newest, id) =>
        newest === undefined || BigInt(id) > BigInt(newest) ? id : newest,
      undefined,
    );
}

function toRow(
  entityRef: string,
  change: ClassifiedChange,
): DbDeliveryChangeRow {
  const { failure } = change;
  return {
    entity_ref: entityRef,
    id: change.id,
    deployment_id: change.deploymentId,
    at: change.at,
    traffic: change.traffic,
    first_of_version: change.firstOfVersion,
    failure_kind: failure?.kind ?? null,
    recovered_at: failure?.recoveredAt ?? null,
    recovery_seconds: failure?.recoverySeconds ?? null,
    recovered_by: failure?.recoveredBy ?? null,
    repairs: change.repairs ?? null,
  };
}
