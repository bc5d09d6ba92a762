import type { Knex } from 'knex';
import { DELIVERY_DEPLOYMENTS } from '../tables';
import type {
  ClaimedEnvironment,
  ClaimedPush,
  NamedEnvironmentOutcome,
  NamedEnvironmentsStore,
} from './NamedEnvironmentsStore';

const DELIVERY_ENVIRONMENTS = 'delivery_environments';

/** Commits that were deployed are forgotten after so long, but for the newest. */
const KEPT_DAYS = 90;

interface DbClaimRow {
  entity_ref: string;
  environment: string;
  lease_id: string;
  failures: number;
}

interface DbPushRow extends DbClaimRow {
  commit_sha: string;
  request_key: string;
  provider: string;
  project_id: string;
  team_id: string | null;
  external_id: string;
}

/** Keeps the environments that files name in PostgreSQL. */
export class DatabaseNamedEnvironmentsStore implements NamedEnvironmentsStore {
  constructor(private readonly knex: Knex) {}

  async claimEnvironments(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedEnvironment[]> {
    const { rows } = await this.knex.raw<{ rows: DbClaimRow[] }>(
      `insert into ${DELIVERY_ENVIRONMENTS} as held
         (entity_ref, environment, lease_id, due_at)
       select f.entity_ref, named.environment, gen_random_uuid(),
         now() + :leaseSeconds * interval '1 second'
       from delivery_files f
       cross join lateral unnest(f.environments) named(environment)
       where cardinality(f.environments) > 0 and not exists (
         select 1 from ${DELIVERY_ENVIRONMENTS} e
         where e.entity_ref = f.entity_ref
           and e.environment = named.environment and e.due_at > now())
       limit :limit
       on conflict (entity_ref, environment) do update
         set lease_id = excluded.lease_id, due_at = excluded.due_at
         where held.due_at <= now()
       returning *`,
      options,
    );
    return rows.map(toClaim);
  }

  async completeEnvironment(
    claimed: ClaimedEnvironment,
    outcome: NamedEnvironmentOutcome,
  ): Promise<void> {
    const { ready, nextInSeconds } = outcome;
    const error = ready ? null : (outcome.error ?? null);
    await this.knex(DELIVERY_ENVIRONMENTS)
      .where({ ...keyOf(claimed), lease_id: claimed.leaseId })
      .update({
        // What was there does not vanish because the provider cannot be asked.
        ready: ready || this.knex.ref('ready'),
        error,
        failures: error === null ? 0 : this.knex.raw('failures + 1'),
        lease_id: null,
        due_at: this.#in(nextInSeconds),
      });
  }

  async claimPushes(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedPush[]> {
    const { rows } = await this.knex.raw<{ rows: DbPushRow[] }>(
      `with claimed as (
         insert into ${DELIVERY_DEPLOYMENTS} as held
           (entity_ref, environment, commit_sha, source_id, lease_id, due_at)
         select f.entity_ref, e.environment, newest.commit_sha, newest.id,
           gen_random_uuid(), now() + :leaseSeconds * interval '1 second'
         from delivery_files f
         join ${DELIVERY_ENVIRONMENTS} e
           on e.entity_ref = f.entity_ref and e.ready
          and e.environment = any(f.environments)
         cross join lateral (
           select d.id, d.commit_sha from deployments d
           where d.entity_ref = f.entity_ref and d.environment = 'production'
             and d.state = 'ready' and d.commit_sha is not null
             and not exists (
               select 1 from deployment_requests r where r.deployment_id = d.id)
           order by d.created_at desc, d.id desc limit 1) newest
         where cardinality(f.environments) > 0
           and f.plans -> e.environment ->> 'deployOn' = 'push'
           and not exists (
             select 1 from ${DELIVERY_DEPLOYMENTS} x
             where x.entity_ref = f.entity_ref
               and x.environment = e.environment
               and x.commit_sha = newest.commit_sha
               and (x.deployment_id is not null or x.due_at > now()))
         limit :limit
         on conflict (entity_ref, environment, commit_sha) do update
           set lease_id = excluded.lease_id, due_at = excluded.due_at,
             source_id = excluded.source_id
           where held.deployment_id is null and held.due_at <= now()
         returning *)
       select claimed.*, d.provider, d.project_id, d.team_id, d.external_id
       from claimed
       join deployments d
         on d.entity_ref = claimed.entity_ref and d.id = claimed.source_id`,
      options,
    );
    return rows.map(row => ({
      ...toClaim(row),
      commitSha: row.commit_sha,
      key: row.request_key,
      source: {
        provider: row.provider,
        projectId: row.project_id,
        teamId: row.team_id ?? undefined,
        externalId: row.external_id,
      },
    }));
  }

  async completePush(
    claimed: ClaimedPush,
    outcome:
      { deploymentId: string } | { error: string; nextInSeconds: number },
  ): Promise<void> {
    const key = { ...keyOf(claimed), commit_sha: claimed.commitSha };
    const isDone = 'deploymentId' in outcome;
    await this.knex(DELIVERY_DEPLOYMENTS)
      .where({ ...key, lease_id: claimed.leaseId })
      .update(
        isDone
          ? {
              deployment_id: outcome.deploymentId,
              lease_id: null,
              error: null,
              failures: 0,
            }
          : {
              lease_id: null,
              error: outcome.error,
              failures: this.knex.raw('failures + 1'),
              due_at: this.#in(outcome.nextInSeconds),
            },
      );
    if (!isDone) return;
    await this.knex(DELIVERY_DEPLOYMENTS)
      .where(keyOf(claimed))
      .whereNot({ commit_sha: claimed.commitSha })
      .where(
        'created_at',
        '<',
        this.knex.raw('now() - make_interval(days => ?)', [KEPT_DAYS]),
      )
      .delete();
  }

  async listErrors(entityRef: string) {
    const { rows } = await this.knex.raw<{
      rows: { environment: string; commit_sha: string | null; error: string }[];
    }>(
      `select environment, commit_sha, error from (
         select environment, null as commit_sha, error
         from ${DELIVERY_ENVIRONMENTS} where entity_ref = :entityRef
         union all
         select * from (
           select distinct on (environment) environment, commit_sha, error
           from ${DELIVERY_DEPLOYMENTS} where entity_ref = :entityRef
           order by environment, created_at desc) newest
       ) told
       where error is not null and environment in (
         select unnest(environments) from delivery_files
         where entity_ref = :entityRef)
       order by environment, commit_sha nulls first`,
      { entityRef },
    );
    return rows.map(({ environment, commit_sha, error }) => ({
      environment,
      commitSha: commit_sha ?? undefined,
      error,
    }));
  }

  #in(seconds: number) {
    return this.knex.raw("now() + ? * interval '1 second'", [seconds]);
  }
}

function keyOf({ entityRef, environment }: ClaimedEnvironment) {
  return { entity_ref: entityRef, environment };
}

function toClaim(row: DbClaimRow): ClaimedEnvironment {
  return {
    entityRef: row.entity_ref,
    environment: row.environment,
    leaseId: row.lease_id,
    failures: row.failures,
  };
}
