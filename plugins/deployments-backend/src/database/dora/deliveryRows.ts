import type { DeliveryChange } from '@forkyard/plugin-deployments-common';
import type { DbDeploymentRow } from '../tables';
import type { DbDeliveryChangeRow } from './tables';

type Commit = Pick<
  DbDeploymentRow,
  | 'commit_sha'
  | 'commit_message'
  | 'commit_author'
  | 'commit_ref'
  | 'commit_url'
>;

/** A change with what is known of its commit. */
export interface DbChangeWithCommit extends DbDeliveryChangeRow, Commit {
  committed_at: Date | null;
}

/**
 * Gives the time from the commit to all of the traffic. Who makes a commit says
 * when that was: a time after the deployment is no lead time.
 */
export function leadTimeSeconds(
  row: Pick<DbChangeWithCommit, 'at' | 'committed_at' | 'first_of_version'>,
): number | undefined {
  if (!row.committed_at || !row.first_of_version) return undefined;
  const seconds = (row.at.getTime() - row.committed_at.getTime()) / 1000;
  return seconds >= 0 ? seconds : undefined;
}

/** Converts a row to what the REST API tells. */
export function toDeliveryChange(row: DbChangeWithCommit): DeliveryChange {
  const seconds = leadTimeSeconds(row);
  return {
    id: row.id,
    entityRef: row.entity_ref,
    deploymentId: row.deployment_id,
    commit: row.commit_sha
      ? {
          sha: row.commit_sha,
          message: row.commit_message ?? undefined,
          author: row.commit_author ?? undefined,
          ref: row.commit_ref ?? undefined,
          url: row.commit_url ?? undefined,
        }
      : undefined,
    at: row.at.toISOString(),
    traffic: row.traffic,
    committedAt: row.committed_at?.toISOString(),
    leadTime: leadTimeWord(row, seconds),
    leadTimeSeconds: seconds,
    failure:
      row.failure_kind && row.recovered_at
        ? {
            kind: row.failure_kind,
            recoveredAt: row.recovered_at.toISOString(),
            recoverySeconds: row.recovery_seconds ?? 0,
            recoveredBy: row.recovered_by ?? undefined,
          }
        : undefined,
    repairs: row.repairs ?? undefined,
  };
}

function leadTimeWord(
  row: DbChangeWithCommit,
  seconds: number | undefined,
): DeliveryChange['leadTime'] {
  if (!row.first_of_version) return 'repeated';
  return seconds === undefined ? 'unknown' : 'known';
}
