import { ConflictError } from '@backstage/errors';
import type { Deployment } from '@forkyard/plugin-deployments-common';

/** Throws `ConflictError` when a deployment cannot get production's traffic. */
export function assertMayServe(
  deployment: Deployment,
  done: 'promoted' | 'rolled back to' | 'rolled out',
): void {
  const name = `Deployment '${deployment.id}'`;
  if (deployment.environment !== 'production') {
    throw new ConflictError(
      `${name} cannot be ${done}: it was built for '${deployment.environment}', with that environment's settings. Deploy its commit to production instead.`,
    );
  }
  if (deployment.state !== 'ready') {
    throw new ConflictError(
      `${name} cannot be ${done}: it is ${deployment.state}. Choose one that is ready.`,
    );
  }
  if (deployment.live) {
    throw new ConflictError(
      `${name} cannot be ${done}: it has been live since ${deployment.liveSince}.`,
    );
  }
}
