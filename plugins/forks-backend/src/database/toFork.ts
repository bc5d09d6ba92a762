import type { Fork } from '@forkyard/plugin-forks-common';
import type { DbForkRow } from './tables';

/**
 * Turns a row of the registry into the fork of the API.
 */
export function toFork(row: DbForkRow): Fork {
  return {
    name: row.name,
    title: row.title,
    description: row.description,
    entityRef: row.entity_ref,
    owner: row.owner,
    system: row.system ?? undefined,
    lifecycle: row.lifecycle,
    status: row.status,
    statusReason: row.status_reason,
    statusSince: row.status_since.toISOString(),
    base: { repository: row.base_repository, sha: row.base_sha },
    repositoryUrl: row.repository_url ?? undefined,
    productionUrl: row.production_url ?? undefined,
    projectId: row.project_id ?? undefined,
    sloTier: row.slo_tier,
    monthlyBudgetUsd: Number(row.monthly_budget_usd),
    vitals: row.vitals,
    live: toLiveVersion(row),
    deploysByDay: Object.entries(row.deploys_by_day)
      .map(([date, count]) => ({ date, count }))
      .sort((left, right) => left.date.localeCompare(right.date)),
    provisioningId: row.provisioning_id,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}

function toLiveVersion(row: DbForkRow): Fork['live'] {
  if (!row.live_deployment_id || !row.live_since) return undefined;
  return {
    deploymentId: row.live_deployment_id,
    sha: row.live_sha ?? undefined,
    message: row.live_message ?? undefined,
    author: row.live_author ?? undefined,
    since: row.live_since.toISOString(),
  };
}
