import { conflict, unprocessable } from '../errors';
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
