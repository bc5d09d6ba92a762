import { badRequest, conflict, unprocessable } from '../errors';
import type { Deployment, Project } from '../model';

/** Refuses a deployment that cannot carry production's traffic. */
export function checkPromotable(deployment: Deployment, verb: string): void {
  if (deployment.state !== 'READY') {
    throw unprocessable(
      `Deployment "${deployment.id}" is ${deployment.state} and cannot be ${verb}. Only a READY deployment can.`,
      'deployment_not_ready',
    );
  }
  if (deployment.target !== 'production') {
    throw unprocessable(
      `Deployment "${deployment.id}" is a preview and cannot be ${verb}. Create a production deployment of the same commit.`,
      'not_production_deployment',
    );
  }
}

/** Refuses while production's traffic is on its way already. */
export function checkTrafficRests(project: Project): void {
  const status = project.lastAliasRequest?.jobStatus;
  if (status === 'pending' || status === 'in-progress') {
    throw conflict(
      `Production of "${project.name}" is already being moved. Try again when that is over.`,
      'alias_request_in_progress',
    );
  }
}

/** Refuses a deployment to which traffic cannot go in stages. */
export function checkReleasable(
  project: Project,
  deployment: Deployment,
): void {
  if (!project.rollingReleaseConfig) {
    throw badRequest(
      `Rolling releases are not enabled for "${project.name}". Enable them in its configuration first.`,
      'rolling_release_not_enabled',
    );
  }
  checkPromotable(deployment, 'released');
  checkTrafficRests(project);
  if (project.productionDeploymentId === deployment.id) {
    throw alreadyCurrent(deployment);
  }
  if (!project.productionDeploymentId) {
    throw unprocessable(
      `"${project.name}" has no production deployment yet to share traffic with. Promote "${deployment.id}" instead.`,
      'no_production_deployment',
    );
  }
}

export function alreadyCurrent(deployment: Deployment) {
  return conflict(
    `Deployment "${deployment.id}" is already the current production deployment.`,
    'already_current',
  );
}

export function releaseInProgress(project: Project) {
  return conflict(
    `A rolling release of "${project.name}" is in progress, to deployment "${project.rollingRelease?.canaryDeploymentId}". Complete or abort it first.`,
    'rolling_release_in_progress',
  );
}
