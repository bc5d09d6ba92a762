import type { RolloutPlan } from '@forkyard/plugin-deployments-common';
import { describePlan, strategyWords } from './rolloutWords';

/** Says how a version gets an environment's traffic under its plan. */
export function trafficWords(options: {
  /** Absent while it is not known. */
  plan?: RolloutPlan;
  environment: string;
  name: string;
}): string {
  const { plan, environment, name } = options;
  if (!plan) {
    return `${name} gets ${environment}'s traffic: at once, or by a rollout when the repository's forkyard.yaml asks for one. It is not built again.`;
  }
  if (plan.strategy === 'direct') {
    return `All traffic of ${environment} goes to this build within a few seconds. It is not built again.`;
  }
  return `A rollout of ${name} begins (${strategyWords[plan.strategy].toLocaleLowerCase('en')}: ${describePlan(plan)}). It takes itself back when it proves worse. It is not built again.`;
}
