import type { Deployment } from '@forkyard/plugin-deployments-common';
import type {
  RunbookStepOutput,
  RunbookVersion,
} from '@forkyard/plugin-incidents-common';

/** As many characters of a commit's subject as a sentence bears. */
const SUBJECT_LENGTH = 72;

/** Names a deployment as people do: by its commit, else by its provider's id. */
export function toVersion(deployment: Deployment): RunbookVersion {
  const { id, environment, commit, externalId } = deployment;
  const subject = commit?.message?.split('\n', 1)[0].slice(0, SUBJECT_LENGTH);
  return {
    deploymentId: id,
    environment,
    name: commit
      ? `${commit.sha.slice(0, 7)}${subject ? ` "${subject}"` : ''}`
      : externalId,
  };
}

/** The name for a sentence, of what is live for example. */
export function versionName(
  deployment: Deployment | undefined,
  otherwise = 'nothing',
): string {
  return deployment ? toVersion(deployment).name : otherwise;
}

/** Keeps the names of the deployments beside what a step has found so far. */
export function withVersions(
  output: RunbookStepOutput,
  ...deployments: (Deployment | undefined)[]
): RunbookStepOutput {
  const versions = new Map(
    [
      ...(output.versions ?? []),
      ...deployments.flatMap(each => (each ? toVersion(each) : [])),
    ].map(version => [version.deploymentId, version]),
  );
  return versions.size > 0
    ? { ...output, versions: [...versions.values()] }
    : output;
}

/** The name that was kept, for deployments of which only the id is at hand. */
export function keptName(output: RunbookStepOutput, id: string): string {
  return (
    output.versions?.find(({ deploymentId }) => deploymentId === id)?.name ?? id
  );
}
