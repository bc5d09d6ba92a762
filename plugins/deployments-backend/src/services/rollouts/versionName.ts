import type { DeploymentCommit } from '@forkyard/plugin-deployments-common';
import { externalIdOf } from './externalIdOf';

/** Names a version as people speak of it: by its commit, else by its deployment. */
export function versionName(version: {
  deploymentId: string;
  commit?: DeploymentCommit;
}): string {
  return version.commit?.sha.slice(0, 7) ?? externalIdOf(version.deploymentId);
}
