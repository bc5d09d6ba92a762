import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  deploymentName,
  describeState,
  type StateWords,
} from './deploymentWords';
import { summarizeRollout } from './rolloutWords';

/** A ready version that had traffic, or was to get some, and has none now. */
export interface TakenBack {
  /** `kept-back` had none: its checks or a person stopped it before. */
  how: 'taken-back' | 'kept-back';
  /** ISO 8601; absent when nobody noted it. */
  at?: string;
  /** One or more sentences. */
  why: string;
  /** Requests of users that met it, as far as they were counted. */
  met?: { requests: number; errors: number };
  rolloutId?: string;
}

/**
 * Finds out whether a version that looks ready failed when it was last rolled
 * out, or was rolled back afterwards; undefined when nothing speaks against it,
 * and while it is rolled out again.
 */
export function findTakenBack(
  deployment: Deployment,
  environment: EnvironmentStatus | undefined,
): TakenBack | undefined {
  const { lastRollout: last } = deployment;
  if (deployment.state !== 'ready' || deployment.live) return undefined;
  if (environment?.rollout?.deploymentId === deployment.id) return undefined;
  const servedSince =
    last &&
    deployment.liveSince !== undefined &&
    Date.parse(deployment.liveSince) > Date.parse(last.endedAt);
  if (last && last.outcome !== 'promoted' && !servedSince) {
    return {
      how: last.hadTraffic ? 'taken-back' : 'kept-back',
      at: last.endedAt,
      why: last.reason,
      met: last.hadTraffic ? last.met : undefined,
      rolloutId: last.id,
    };
  }
  return findRolledBack(deployment, environment);
}

/** Only a step back gives the traffic of a version to an older one. */
function findRolledBack(
  deployment: Deployment,
  environment: EnvironmentStatus | undefined,
): TakenBack | undefined {
  const { live, pinned } = environment ?? {};
  const isOlder =
    live?.environment === deployment.environment &&
    Date.parse(live.createdAt) < Date.parse(deployment.createdAt);
  if (!live || !isOlder || !deployment.liveSince) return undefined;
  const said = pinned?.description ? ` ${pinned.description}` : '';
  return {
    how: 'taken-back',
    at: pinned?.since ?? live.liveSince,
    why: `Its traffic was given back to the older version ${deploymentName(live)}.${said}`,
  };
}

/**
 * Finds out whether another deployment of the same commit was taken back from
 * the environment, and none was promoted there since.
 */
export function findCommitTakenBack(
  deployment: Deployment,
  environment: EnvironmentStatus | undefined,
  others: Deployment[],
): TakenBack | undefined {
  const isLive = hasCommitOf(deployment, environment?.live);
  if (!environment || isLive) return undefined;
  const builds = others
    .filter(
      other =>
        other.id !== deployment.id &&
        other.environment === environment.environment &&
        hasCommitOf(deployment, other),
    )
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  for (const build of builds) {
    const takenBack = findTakenBack(build, environment);
    if (takenBack?.how === 'taken-back') return takenBack;
    if (build.lastRollout?.outcome === 'promoted') return undefined;
  }
  return undefined;
}

/** Tells whether both were built from the same commit. */
export function hasCommitOf(
  deployment: Deployment,
  other: Deployment | undefined,
): boolean {
  return (
    deployment.commit !== undefined &&
    deployment.commit.sha === other?.commit?.sha
  );
}

/** Says of a deployment how it is; one that moves, or was taken back, is not just "Ready". */
export function describeVersion(
  deployment: Deployment,
  environment: EnvironmentStatus | undefined,
): StateWords {
  const rollout = environment?.rollout;
  if (rollout?.deploymentId === deployment.id) {
    const { status, words } = summarizeRollout(rollout);
    return { status, label: 'Rolling out', reason: words };
  }
  const takenBack = findTakenBack(deployment, environment);
  if (!takenBack) return describeState(deployment);
  return takenBack.how === 'taken-back'
    ? { status: 'failing', label: 'Taken back', reason: takenBack.why }
    : { status: 'unknown', label: 'Got no traffic', reason: takenBack.why };
}

/**
 * "28 of 143 requests failed (20 %) in the end", which may be more than when it
 * was decided; nothing when none was counted, or none failed.
 */
export function describeFailures({ met }: TakenBack): string | undefined {
  if (!met || met.requests === 0 || met.errors === 0) return undefined;
  const share = (met.errors / met.requests) * 100;
  const percent = share.toLocaleString(undefined, {
    maximumSignificantDigits: 2,
  });
  return `${met.errors.toLocaleString()} of ${met.requests.toLocaleString()} requests failed (${percent} %) in the end`;
}
