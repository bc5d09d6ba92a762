import { badRequest, notFound } from '../errors';
import type { Project, RollingRelease } from '../model';

/** The release that splits traffic now. */
export function findActive(project: Project): RollingRelease | undefined {
  const { rollingRelease } = project;
  return rollingRelease?.state === 'ACTIVE' ? rollingRelease : undefined;
}

/** As `findActive`, for the one whose canary is named; refuses others. */
export function getActive(
  project: Project,
  canaryDeploymentId: string,
): RollingRelease {
  const release = findActive(project);
  if (!release) {
    throw notFound(
      `No rolling release of "${project.name}" is active.`,
      'rolling_release_not_found',
    );
  }
  if (release.canaryDeploymentId !== canaryDeploymentId) {
    throw badRequest(
      `The active rolling release of "${project.name}" is to deployment "${release.canaryDeploymentId}", not to "${canaryDeploymentId.slice(0, 60)}".`,
      'invalid_canary_deployment',
    );
  }
  return release;
}
