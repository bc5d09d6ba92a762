import type {
  Rollout,
  RolloutApproval,
} from '@forkyard/plugin-deployments-common';

/** Says why the reader may not decide an approval; nothing when they may. */
export function refusalOfApproval(
  approval: RolloutApproval,
  options: { reader: string | undefined; mayApprove: boolean },
): string | undefined {
  if (!options.mayApprove) {
    return 'You may not approve rollouts of this component. Ask its owner.';
  }
  if (isSame(approval.requestedBy, options.reader)) {
    return 'You asked for this rollout yourself: somebody else has to approve or reject it.';
  }
  return undefined;
}

/** Says what an approval lets happen. */
export function afterApproval(
  rollout: Rollout,
  approval: RolloutApproval,
): string {
  const { plan, environment } = rollout;
  const stages = plan.strategy === 'canary' ? plan.stages : [];
  const next =
    approval.stageIndex === undefined
      ? stages[0]
      : stages[approval.stageIndex + 1];
  return next
    ? `Once approved, the new version gets ${next.percent} % of ${environment}'s traffic.`
    : `Once approved, the new version gets all of ${environment}'s traffic.`;
}

function isSame(requestedBy: string, reader: string | undefined): boolean {
  return (
    reader !== undefined &&
    requestedBy.toLocaleLowerCase('en') === reader.toLocaleLowerCase('en')
  );
}
