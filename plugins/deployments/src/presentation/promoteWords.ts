import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentName, describeState } from './deploymentWords';
import { findTakenBack, hasCommitOf, type TakenBack } from './takenBack';
import { summarizeRollout } from './rolloutWords';

/** Says what serves and what moves in an environment: “3f2c1a9 serves; Canary 25 %”. */
export function describeServing(
  environment: EnvironmentStatus | undefined,
): string {
  const { live, rollout } = environment ?? {};
  const serves = live ? `${deploymentName(live)} serves` : 'nothing serves';
  return rollout
    ? `“${serves}; ${summarizeRollout(rollout).words}”`
    : `“${serves}”`;
}

/** Says on what a promotion was judged: the version itself, and what it replaces. */
export function describePromotable(
  deployment: Deployment,
  serving: EnvironmentStatus | undefined,
): string {
  const takenBack = findTakenBack(deployment, serving);
  return `“${deploymentName(deployment)} ${describeHow(deployment, takenBack)}” and ${describeServing(serving)}`;
}

function describeHow(
  deployment: Deployment,
  takenBack: TakenBack | undefined,
): string {
  if (takenBack) {
    return takenBack.how === 'taken-back'
      ? 'was taken back'
      : 'was stopped before any traffic';
  }
  return `is ${describeState(deployment).label.toLocaleLowerCase('en')}`;
}

/** Says how a promotion is undone; one of what serves already changes no code. */
export function describeWayBack(
  deployment: Deployment,
  serving: EnvironmentStatus | undefined,
): string {
  const { live, environment } = serving ?? {};
  if (live && hasCommitOf(deployment, live)) {
    return `This commit is live already: ${environment} serves it. Promoting replaces its build by another one of the same code.`;
  }
  return live && environment === 'production'
    ? `To go back, roll production back to ${deploymentName(live)}.`
    : 'To go back, promote another deployment.';
}

/** Says why a version cannot be promoted any more; nothing while it can. */
export function refusalOfPromote(
  deployment: Deployment,
  serving: EnvironmentStatus | undefined,
): string | undefined {
  const name = deploymentName(deployment);
  if (serving?.live?.id === deployment.id) {
    return `${name} serves ${serving.environment} already.`;
  }
  if (serving?.rollout?.deploymentId === deployment.id) {
    return `A rollout of ${name} runs already.`;
  }
  return deployment.state === 'ready'
    ? undefined
    : `${name} is not ready any more.`;
}
