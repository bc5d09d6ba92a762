import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from 'pg';

type SearchRow = {
  entity_id: string;
  key: string;
  value: string | null;
  original_value: string | null;
};

// The catalog's own rule for what it indexes, so that its tables hold exactly
// what they would hold after processing.
const { buildEntitySearch } = require(
  join(
    __dirname,
    '../../node_modules/@backstage/plugin-catalog-backend/dist/database/operations/stitcher/buildEntitySearch.cjs.js',
  ),
) as { buildEntitySearch(id: string, entity: object): SearchRow[] };

/**
 * Puts the same forks, numbered `from` to `to`, into the tables of forks and of
 * the catalog. Making ten thousand for real would take days; what is measured
 * is reading.
 */
export async function fill(
  client: Client,
  from: number,
  to: number,
): Promise<void> {
  await client.query(
    `insert into forks.forks
       (name, title, description, entity_ref, owner, lifecycle, status, status_reason,
        base_repository, base_sha, repository_url, production_url, project_id, slo_tier,
        monthly_budget_usd, live_deployment_id, live_sha, live_message, live_author,
        live_since, projected_at, provisioning_id, created_at, created_by,
        deployed_status, deployed_reason, vitals)
     select 'bench-' || n, 'Bench ' || n, 'A fork for the benchmark',
        'component:default/bench-' || n, 'group:default/team-' || n % 20, 'active',
        (array['healthy','healthy','healthy','degraded','failing'])[n % 5 + 1], 'Serves',
        'acme/base-app', repeat('a', 40), 'http://127.0.0.1:4391/acme/bench-' || n,
        'http://bench-' || n || '.localhost:4393', 'prj_' || n, 'standard', 50,
        'vercel:dpl_' || n, repeat('b', 40), 'Change it', 'ana',
        now() - n * interval '1 minute', now() + interval '1 day',
        'provisioning-' || n, now() - n * interval '1 minute', 'user:default/guest',
        (array['healthy','healthy','healthy','degraded','failing'])[n % 5 + 1], 'Serves',
        case when n % 10 = 0 then '{}' else jsonb_build_object(
          'slo', jsonb_build_object('status', (array['ok','ok','burning','exhausted'])[n % 4 + 1],
            'budgetRemainingRatio', 1 - n % 97 / 80.0, 'asOf', now()),
          'cost', jsonb_build_object('monthToDate', (n % 61)::text, 'forecast', (n % 83)::text,
            'budget', '50', 'asOf', now()),
          'findings', jsonb_build_object('openCritical', n % 3, 'openHigh', n % 7,
            'openTotal', n % 7 + 4, 'overdue', n % 2, 'asOf', now()),
          'alerts', jsonb_build_object('firing', case when n % 50 = 0 then 1 else 0 end)) end
     from generate_series($1::int, $2::int) n`,
    [from, to],
  );
  for (let start = from; start <= to; start += 500) {
    await fillCatalog(client, start, Math.min(to, start + 499));
  }
  await client.query('analyze');
}

async function fillCatalog(client: Client, from: number, to: number) {
  const entities: { id: string; ref: string; json: string }[] = [];
  const search: SearchRow[] = [];
  for (let n = from; n <= to; n += 1) {
    const id = randomUUID();
    const entity = toEntity(n, id);
    const json = JSON.stringify(entity);
    entities.push({ id, ref: `component:default/bench-${n}`, json });
    search.push(...buildEntitySearch(id, entity));
  }
  await client.query(
    `insert into catalog.refresh_state
       (entity_id, entity_ref, unprocessed_entity, processed_entity, errors, next_update_at, last_discovery_at)
     select id, ref, json, json, '[]', now() + interval '1 day', now()
     from jsonb_to_recordset($1::jsonb) as r(id text, ref text, json text)`,
    [JSON.stringify(entities)],
  );
  // Without a source they would be orphans, which the catalog deletes.
  await client.query(
    `insert into catalog.refresh_state_references (source_key, target_entity_ref)
     select 'benchmark', ref from jsonb_to_recordset($1::jsonb) as r(ref text)`,
    [JSON.stringify(entities)],
  );
  await client.query(
    `insert into catalog.final_entities (entity_id, entity_ref, hash, final_entity, last_updated_at)
     select id, ref, hash, json, now()
     from jsonb_to_recordset($1::jsonb) as r(id text, ref text, json text, hash text)`,
    [
      JSON.stringify(
        entities.map(entity => ({
          ...entity,
          hash: createHash('sha1').update(entity.json).digest('hex'),
        })),
      ),
    ],
  );
  await client.query(
    `insert into catalog.search (entity_id, key, value, original_value)
     select entity_id, key, value, original_value
     from jsonb_to_recordset($1::jsonb) as r(entity_id text, key text, value text, original_value text)`,
    [JSON.stringify(search)],
  );
}

function toEntity(n: number, uid: string) {
  const owner = `team-${n % 20}`;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      namespace: 'default',
      uid,
      etag: uid.replaceAll('-', ''),
      name: `bench-${n}`,
      title: `Bench ${n}`,
      description: 'A fork for the benchmark',
      annotations: {
        // Not the annotations by which plugins would go and look at thousands
        // of repositories and projects that do not exist.
        'forkyard.dev/base': `acme/base-app@${'a'.repeat(40)}`,
        'forkyard.dev/budget': '50',
        'backstage.io/managed-by-location': `url:http://127.0.0.1:4391/acme/bench-${n}/blob/main/catalog-info.yaml`,
        'backstage.io/managed-by-origin-location': `url:http://127.0.0.1:4391/acme/bench-${n}/blob/main/catalog-info.yaml`,
      },
    },
    spec: { type: 'service', lifecycle: 'production', owner },
    relations: [{ type: 'ownedBy', targetRef: `group:default/${owner}` }],
  };
}
