import type {
  Rollout,
  RolloutPoint,
  RolloutState,
  RolloutTransition,
} from '@forkyard/plugin-deployments-common';
import type { RolloutChange, RolloutRecord } from './RolloutStore';
import type {
  DbRolloutPointRow,
  DbRolloutRow,
  DbRolloutTransitionRow,
} from './tables';

const FINAL_STATES: RolloutState[] = ['promoted', 'rolled-back', 'aborted'];

/** Tells whether a rollout in this state is over for good. */
export function isFinalRolloutState(state: RolloutState): boolean {
  return FINAL_STATES.includes(state);
}

/** Converts a row to what the controller steers. */
export function toRolloutRecord(row: DbRolloutRow): RolloutRecord {
  const base = {
    id: row.id,
    entityRef: row.entity_ref,
    environment: row.environment,
    deploymentId: row.deployment_id,
    commit: row.commit ?? undefined,
    stableDeploymentId: row.stable_deployment_id ?? undefined,
    stableCommit: row.stable_commit ?? undefined,
    plan: row.plan,
    state: row.state,
    asked: askedOf(row),
    reason: row.reason,
    percent: row.percent,
    stageIndex: row.stage_index ?? undefined,
    stageStartedAt: row.stage_started_at?.toISOString(),
    verdict: row.verdict ?? undefined,
    slowerThanMilliseconds: row.progress.latencyThresholdMilliseconds,
    gates: row.gates,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    endedAt: row.ended_at?.toISOString(),
  };
  return {
    ...base,
    stageEndsAt: stageEndOf(base),
    project: {
      provider: row.provider,
      projectId: row.project_id,
      teamId: row.team_id ?? undefined,
    },
    deploymentCreatedAt: row.deployment_created_at.toISOString(),
    byPerson: row.by_person,
    verdictState: row.verdict_state ?? undefined,
    progress: row.progress,
    revision: row.revision,
    failures: row.failure_count,
  };
}

/** What a person asked for moves until the traffic is there. */
function askedOf({
  state,
  progress: { ending, isPromotedByPerson },
}: DbRolloutRow): Rollout['asked'] {
  if (state !== 'switching') return undefined;
  if (ending) return ending.actor === 'forkyard' ? undefined : 'abort';
  return isPromotedByPerson ? 'promote' : undefined;
}

function stageEndOf(
  rollout: Pick<Rollout, 'plan' | 'stageIndex' | 'stageStartedAt' | 'state'>,
): string | undefined {
  const { plan, stageIndex, stageStartedAt, state } = rollout;
  if (!stageStartedAt || state === 'paused') return undefined;
  const minutes =
    state === 'watching'
      ? plan.watchMinutes
      : plan.stages[stageIndex ?? -1]?.minutes;
  if (minutes === undefined) return undefined;
  return new Date(Date.parse(stageStartedAt) + minutes * 60_000).toISOString();
}

/** Converts a change to the columns it concerns. */
export function toChangedColumns(change: RolloutChange) {
  const columns: Record<string, unknown> = {};
  const put = (key: keyof RolloutChange, column: string, value: unknown) => {
    if (key in change) columns[column] = value ?? null;
  };
  put('state', 'state', change.state);
  put('reason', 'reason', change.reason);
  put('percent', 'percent', change.percent);
  put('stageIndex', 'stage_index', change.stageIndex);
  put('stageStartedAt', 'stage_started_at', change.stageStartedAt);
  put('stableDeploymentId', 'stable_deployment_id', change.stableDeploymentId);
  put('stableCommit', 'stable_commit', toJson(change.stableCommit));
  put('verdict', 'verdict', toJson(change.verdict));
  put('verdictState', 'verdict_state', toJson(change.verdictState));
  put('gates', 'gates', toJson(change.gates));
  put('progress', 'progress', toJson(change.progress));
  return columns;
}

/** Writes JSON for a jsonb column; an array would become a PostgreSQL array. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function toTransition(row: DbRolloutTransitionRow): RolloutTransition {
  return {
    id: row.id,
    at: row.at.toISOString(),
    from: row.from_state ?? undefined,
    to: row.to_state,
    percent: row.percent,
    actor: row.actor,
    reason: row.reason,
    comment: row.comment ?? undefined,
    verdict: row.verdict ?? undefined,
    gates: row.gates ?? undefined,
  };
}

export function toPoint(row: DbRolloutPointRow): RolloutPoint {
  return {
    at: row.at.toISOString(),
    percent: row.percent,
    canary: row.canary,
    stable: row.stable,
    harmProgress: row.harm_progress,
    goodProgress: row.good_progress,
  };
}

/**
 * Merges neighbors until at most `limit` points are left. Counts add up, the
 * rest is that of the later point.
 */
export function thinPoints(
  points: RolloutPoint[],
  limit: number,
): RolloutPoint[] {
  const size = Math.ceil(points.length / limit);
  if (size <= 1) return points;
  const thinned: RolloutPoint[] = [];
  for (let start = 0; start < points.length; start += size) {
    thinned.push(points.slice(start, start + size).reduce(mergePoints));
  }
  return thinned;
}

function mergePoints(earlier: RolloutPoint, later: RolloutPoint): RolloutPoint {
  const add = (version: 'canary' | 'stable') => ({
    ...later[version],
    requests: earlier[version].requests + later[version].requests,
    errors: earlier[version].errors + later[version].errors,
  });
  return { ...later, canary: add('canary'), stable: add('stable') };
}

/** Leaves out what is ours alone. */
export function toRollout(record: RolloutRecord): Rollout {
  const {
    project: _project,
    deploymentCreatedAt: _createdAt,
    byPerson: _byPerson,
    verdictState: _verdictState,
    progress: _progress,
    revision: _revision,
    failures: _failures,
    ...rollout
  } = record;
  return rollout;
}
