import type { SharedPlan } from '@forkyard/plugin-deployments-common';

/** "asks for a canary, an approval and the check ci", after the name of the entity. */
export function describeAsked({ asks }: SharedPlan): string {
  if (!asks) {
    return 'has a plan that is not known yet, and nothing gets traffic before it is';
  }
  if (asks.length === 0) return 'asks for nothing';
  const [first, ...rest] = asks;
  const last = rest.pop();
  return `asks for ${[first, ...rest].join(', ')}${last ? ` and ${last}` : ''}`;
}
