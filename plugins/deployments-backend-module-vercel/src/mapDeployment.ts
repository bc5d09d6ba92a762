import { ServiceUnavailableError } from '@backstage/errors';
import type {
  DeploymentCommit,
  DeploymentState,
} from '@forkyard/plugin-deployments-common';
import type {
  ProviderDeployment,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import type { VercelDeployment, VercelProject } from './vercelSchemas';

const STATES: Record<string, DeploymentState> = {
  QUEUED: 'queued',
  // Waits for a person, and goes on when they allow it.
  BLOCKED: 'queued',
  INITIALIZING: 'building',
  BUILDING: 'building',
  ANALYZING: 'building',
  DEPLOYING: 'building',
  UPLOADING: 'building',
  READY: 'ready',
  ERROR: 'failed',
  CANCELED: 'canceled',
  DELETED: 'deleted',
};

/** Prefixes under which Vercel notes the commit, by Git host. */
const GIT_HOSTS = ['github', 'gitlab', 'bitbucket'];

/**
 * Converts a deployment of Vercel's.
 */
export function mapDeployment(
  deployment: VercelDeployment,
  options: { gitHubUrl: string },
): ProviderDeployment {
  const externalId = deployment.uid ?? deployment.id;
  const createdAt = deployment.createdAt ?? deployment.created;
  if (!externalId || !createdAt) {
    throw new ServiceUnavailableError(
      `Vercel's answer about deployment '${externalId}' does not say when it was created. Try again.`,
    );
  }
  return {
    externalId,
    environment: mapEnvironment(deployment),
    state: mapState(deployment),
    url: deployment.url && toUrl(deployment.url),
    commit: mapCommit(deployment.meta ?? {}, options),
    creator:
      deployment.creator?.username ??
      deployment.creator?.githubLogin ??
      deployment.creator?.name ??
      deployment.creator?.uid,
    createdAt,
    buildingAt: deployment.buildingAt,
    readyAt: deployment.ready,
    errorMessage: deployment.errorMessage,
    inspectorUrl: deployment.inspectorUrl,
  };
}

/**
 * Tells the state. One that is not known yet is taken from the facts beside
 * it: what became ready is ready, what has an error failed, the rest goes on.
 */
export function mapState(deployment: VercelDeployment): DeploymentState {
  if (deployment.deleted) return 'deleted';
  const known = STATES[deployment.readyState ?? deployment.state ?? ''];
  if (known) return known;
  if (deployment.errorMessage) return 'failed';
  return deployment.ready ? 'ready' : 'building';
}

/** Previews carry no target; custom environments carry their own name. */
function mapEnvironment({
  customEnvironment,
  target,
}: VercelDeployment): string {
  return customEnvironment?.slug ?? target ?? 'preview';
}

function mapCommit(
  meta: Record<string, unknown>,
  { gitHubUrl }: { gitHubUrl: string },
): DeploymentCommit | undefined {
  const read = (key: string) => {
    const value = meta[key];
    return typeof value === 'string' && value ? value : undefined;
  };
  for (const host of GIT_HOSTS) {
    const sha = read(`${host}CommitSha`);
    if (!sha) continue;
    const owner = read('githubCommitOrg') ?? read('githubOrg');
    const repository = read('githubCommitRepo') ?? read('githubRepo');
    return {
      sha,
      message: read(`${host}CommitMessage`)?.split('\n')[0],
      author:
        read(`${host}CommitAuthorLogin`) ?? read(`${host}CommitAuthorName`),
      ref: read(`${host}CommitRef`),
      url:
        host === 'github' && owner && repository
          ? `${gitHubUrl}/${owner}/${repository}/commit/${sha}`
          : undefined,
    };
  }
  return undefined;
}

/**
 * Tells where production's traffic goes. A target that is staged or not ready
 * does not serve anything yet.
 */
export function mapProduction(project: VercelProject): ProviderEnvironment {
  const target = project.targets?.production;
  const serves =
    target?.readyState === 'READY' && target.readySubstate !== 'STAGED';
  return {
    environment: 'production',
    liveExternalId: serves ? target.id : undefined,
    aliases: sortHosts(target?.alias ?? []).map(toUrl),
    pinned: mapPin(project),
    isStaged:
      project.autoAssignCustomDomains === undefined
        ? undefined
        : !project.autoAssignCustomDomains,
  };
}

/**
 * Tells whether a rollback holds production's traffic. A promotion after it has
 * released it, whatever Vercel still remembers of the rollback.
 */
function mapPin({
  lastAliasRequest,
  lastRollbackTarget,
  rollbackDescription,
}: VercelProject): ProviderEnvironment['pinned'] {
  const isRollback = lastAliasRequest?.type === 'rollback';
  const isPinned =
    lastRollbackTarget === undefined
      ? isRollback && lastAliasRequest.jobStatus === 'succeeded'
      : lastRollbackTarget !== null && !isOver(lastAliasRequest, 'promote');
  if (!isPinned) return undefined;
  return {
    since:
      lastRollbackTarget?.at ??
      (isRollback ? lastAliasRequest.requestedAt : undefined) ??
      rollbackDescription?.createdAt,
    description: rollbackDescription?.description,
  };
}

function isOver(request: VercelProject['lastAliasRequest'], type: string) {
  return request?.type === type && request.jobStatus === 'succeeded';
}

/** Puts the host that people know first: their own domain, then the shortest. */
export function sortHosts(hosts: string[]): string[] {
  const rank = (host: string) => (isGeneratedHost(host) ? 1 : 0);
  return [...hosts].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      left.length - right.length ||
      left.localeCompare(right),
  );
}

/** Gives the URL of a host; names of this machine have no certificate. */
export function toUrl(host: string): string {
  const isLocal = /(^|\.)localhost(:\d+)?$/.test(host);
  return `${isLocal ? 'http' : 'https'}://${host}`;
}

function isGeneratedHost(host: string): boolean {
  return /\.(vercel\.app|localhost)(:\d+)?$/.test(host);
}
