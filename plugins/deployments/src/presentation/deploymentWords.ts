import { shortSha, type Status } from '@forkyard/frontend-kit';
import type {
  Deployment,
  DeploymentState,
} from '@forkyard/plugin-deployments-common';

export interface StateWords {
  status: Status;
  label: string;
  reason?: string;
}

const words: Record<DeploymentState, StateWords> = {
  queued: {
    status: 'in-progress',
    label: 'Queued',
    reason: 'Waits for the provider to start the build',
  },
  building: { status: 'in-progress', label: 'Building' },
  ready: { status: 'healthy', label: 'Ready' },
  failed: { status: 'failing', label: 'Failed' },
  canceled: {
    status: 'unknown',
    label: 'Canceled',
    reason: 'Stopped before it was built',
  },
  deleted: {
    status: 'unknown',
    label: 'Deleted',
    reason: 'The provider no longer has it',
  },
};

/** Puts a deployment's state into the words of the status language. */
export function describeState(deployment: Deployment): StateWords {
  const described = words[deployment.state];
  return deployment.errorMessage
    ? { ...described, reason: deployment.errorMessage }
    : described;
}

/** Names a deployment the way people speak of it: by its commit, else by its id. */
export function deploymentName(
  deployment: Pick<Deployment, 'commit' | 'externalId'>,
): string {
  return deployment.commit
    ? shortSha(deployment.commit.sha)
    : deployment.externalId;
}

export function isRunning(deployment: Deployment): boolean {
  return deployment.state === 'queued' || deployment.state === 'building';
}

/** How long the build took, when it has ended well; milliseconds. */
export function buildDurationMs(deployment: Deployment): number | undefined {
  if (!deployment.buildingAt || !deployment.readyAt) return undefined;
  const durationMs =
    Date.parse(deployment.readyAt) - Date.parse(deployment.buildingAt);
  return durationMs >= 0 ? durationMs : undefined;
}

/** `production` → `Production`. */
export function environmentTitle(environment: string): string {
  return environment.charAt(0).toLocaleUpperCase('en') + environment.slice(1);
}

/**
 * The page that opens the deployment; only addresses that a browser may be
 * sent to, because they come from the provider.
 */
export function safeUrl(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  return ['http:', 'https:'].includes(new URL(url).protocol) ? url : undefined;
}
