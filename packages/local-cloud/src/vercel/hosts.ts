import { newLabel } from './ids';
import { TEAM, type Deployment } from './model';

const LONGEST_LABEL = 63;
const SUFFIX = '.localhost';

/** Makes the first label of a deployment's own host name. */
export function newDeploymentLabel(projectName: string): string {
  return joinLabel(projectName, `-${newLabel()}-${TEAM.slug}`);
}

/** Lists host names for a project's production, the preferred one first. */
export function productionHostCandidates(projectName: string): string[] {
  return [
    joinLabel(projectName, '') + SUFFIX,
    joinLabel(projectName, `-${TEAM.slug}`) + SUFFIX,
    joinLabel(projectName, `-${newLabel(4)}-${TEAM.slug}`) + SUFFIX,
  ];
}

/** Names the host that always shows the newest deployment of a branch. */
export function branchHost(projectName: string, branch: string): string {
  return joinLabel(`${projectName}-git-${branch}`, `-${TEAM.slug}`) + SUFFIX;
}

/** Names the host that always shows the newest of a custom environment. */
export function environmentHost(projectName: string, slug: string): string {
  return joinLabel(`${projectName}-env-${slug}`, `-${TEAM.slug}`) + SUFFIX;
}

export function deploymentHost(deployment: Deployment): string {
  return deployment.label + SUFFIX;
}

/** Finds the label in `<label>.localhost`; undefined for other names. */
export function findLabel(host: string): string | undefined {
  return host.endsWith(SUFFIX) ? host.slice(0, -SUFFIX.length) : undefined;
}

/** Writes a host name as clients reach it: local names carry the port. */
export function publicHost(host: string, gatewayPort: number): string {
  return host.endsWith(SUFFIX) ? `${host}:${gatewayPort}` : host;
}

function joinLabel(text: string, ending: string): string {
  const safe = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const start = safe.slice(0, LONGEST_LABEL - ending.length);
  return start.replace(/^-+|-+$/g, '') + ending;
}
