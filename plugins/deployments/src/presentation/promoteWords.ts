import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentName, describeState } from './deploymentWords';
import { findTakenBack } from './takenBack';
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
  const version = takenBack
    ? `${deploymentName(deployment)} was taken back`
    : `${deploymentName(deployment)} is ${describeState(deployment).label.toLocaleLowerCase('en')}`;
  return `“${version}” and ${describeServing(serving)}`;
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
