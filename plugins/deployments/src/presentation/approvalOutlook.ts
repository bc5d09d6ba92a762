import type {
  Deployment,
  PartInVersion,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import { deploymentName } from './deploymentWords';

/** Says when a plan asks for a second person first; nothing when it never does. */
export function describeAskedWhen(
  plan: RolloutPlan | undefined,
): string | undefined {
  if (!plan || plan.strategy === 'direct') return undefined;
  if (plan.approval) return 'before it gets any traffic';
  const stage = plan.stages.find(({ approval }) => approval);
  return stage && `before it gets more than ${stage.percent} % of the traffic`;
}

/**
 * Says why who promotes a version cannot approve it: they ask for it. What else
 * they have to do with it goes first, because it would hold if somebody else asked.
 */
export function describeOwnPart(
  part: PartInVersion | undefined,
  deployment: Deployment,
): string {
  const name = deploymentName(deployment);
  switch (part) {
    case 'author':
      return `you wrote ${name}`;
    case 'pusher':
      return `you pushed ${name}`;
    case 'contributor':
      return `you wrote a commit that ${name} brings`;
    default:
      return 'you ask for it';
  }
}
