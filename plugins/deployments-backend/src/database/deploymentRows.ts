import type {
  Deployment,
  LastRollout,
} from '@forkyard/plugin-deployments-common';
import type {
  ProjectRef,
  ProviderDeployment,
} from '@forkyard/plugin-deployments-node';
import type { HeldDeployment } from './DeploymentsStore';
import type { DbDeploymentRow } from './tables';

/** A row together with the aliases of its environment and its last rollout. */
export interface DbDeploymentRowWithAliases extends DbDeploymentRow {
  aliases: string[] | null;
  last_rollout:
    (Omit<LastRollout, 'met'> & { met: LastRollout['met'] | null }) | null;
}

/** Converts a row to what the REST API tells. */
export function toDeployment(row: DbDeploymentRowWithAliases): Deployment {
  return {
    id: row.id,
    provider: row.provider,
    externalId: row.external_id,
    projectId: row.project_id,
    entityRef: row.entity_ref,
    environment: row.environment,
    state: row.state,
    live: row.live,
    liveSince: row.live_since?.toISOString(),
    url: row.url ?? undefined,
    aliases: row.live ? (row.aliases ?? []) : [],
    commit: row.commit_sha
      ? {
          sha: row.commit_sha,
          message: row.commit_message ?? undefined,
          author: row.commit_author ?? undefined,
          ref: row.commit_ref ?? undefined,
          url: row.commit_url ?? undefined,
        }
      : undefined,
    creator: row.creator ?? undefined,
    createdAt: row.created_at.toISOString(),
    buildingAt: row.building_at?.toISOString(),
    readyAt: row.ready_at?.toISOString(),
    errorMessage: row.error_message ?? undefined,
    inspectorUrl: row.inspector_url ?? undefined,
    observedAt: row.observed_at.toISOString(),
    lastRollout: toLastRollout(row),
  };
}

function toLastRollout({
  last_rollout: ended,
}: DbDeploymentRowWithAliases): LastRollout | undefined {
  return ended
    ? {
        ...ended,
        endedAt: new Date(ended.endedAt).toISOString(),
        met: ended.met ?? undefined,
      }
    : undefined;
}

/** Converts a row, keeping what is needed to ask the provider. */
export function toHeldDeployment(
  row: DbDeploymentRowWithAliases,
): HeldDeployment {
  return { ...toDeployment(row), teamId: row.team_id ?? undefined };
}

/** Converts what a provider told to a row that is not live yet. */
export function toRow(options: {
  entityRef: string;
  project: ProjectRef;
  told: ProviderDeployment;
  askedAt: Date;
}): DbDeploymentRow {
  const { entityRef, project, told, askedAt } = options;
  return {
    entity_ref: entityRef,
    id: `${project.provider}:${told.externalId}`,
    provider: project.provider,
    external_id: told.externalId,
    project_id: project.projectId,
    team_id: project.teamId ?? null,
    environment: told.environment,
    state: told.state,
    live: false,
    live_since: null,
    url: told.url ?? null,
    commit_sha: told.commit?.sha ?? null,
    commit_message: told.commit?.message ?? null,
    commit_author: told.commit?.author ?? null,
    commit_ref: told.commit?.ref ?? null,
    commit_url: told.commit?.url ?? null,
    creator: told.creator ?? null,
    created_at: told.createdAt,
    building_at: told.buildingAt ?? null,
    ready_at: told.readyAt ?? null,
    error_message: told.errorMessage ?? null,
    inspector_url: told.inspectorUrl ?? null,
    observed_at: askedAt,
  };
}

const COLUMNS_OF_PROVIDER = [
  'environment',
  'state',
  'url',
  'commit_sha',
  'commit_message',
  'commit_author',
  'commit_ref',
  'commit_url',
  'creator',
  'created_at',
  'building_at',
  'ready_at',
  'error_message',
  'inspector_url',
] as const satisfies (keyof DbDeploymentRow)[];

/**
 * Lays an answer over what is held. A field that the answer leaves out keeps
 * its value, because lists tell less than single answers.
 */
export function overlay(
  held: DbDeploymentRow,
  told: DbDeploymentRow,
): DbDeploymentRow {
  const known = Object.entries(told).filter(
    ([column, value]) => value !== null && column !== 'live',
  );
  return {
    ...held,
    ...Object.fromEntries(known),
    error_message:
      told.state === held.state
        ? (told.error_message ?? held.error_message)
        : told.error_message,
  };
}

/** Tells whether two rows differ in what the provider tells. */
export function differs(left: DbDeploymentRow, right: DbDeploymentRow) {
  return COLUMNS_OF_PROVIDER.some(
    column => left[column]?.valueOf() !== right[column]?.valueOf(),
  );
}
