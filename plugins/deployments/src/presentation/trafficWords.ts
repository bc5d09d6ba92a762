import type { RolloutPlan } from '@forkyard/plugin-deployments-common';
import { describePlan, strategyWords } from './rolloutWords';

/**
 * Says how a version gets an environment's traffic under its plan. What was
 * built for another environment has that one's settings and is built again.
 */
export function trafficWords(options: {
  /** Absent while it is not known. */
  plan?: RolloutPlan;
  environment: string;
  name: string;
  /** The environment that it was built for, when that is another. */
  builtFor?: string;
}): string {
  const { environment, name, builtFor } = options;
  const moves = trafficMoves(options);
  return builtFor === undefined || builtFor === environment
    ? `${upperFirst(moves)} It is not built again.`
    : `${name} was built for ${builtFor}, so its commit is built again with ${environment}'s settings. When that is ready, ${moves}`;
}

function trafficMoves(options: {
  plan?: RolloutPlan;
  environment: string;
  name: string;
}): string {
  const { plan, environment, name } = options;
  if (!plan) {
    return `the traffic of ${environment} goes to it: at once, or by a rollout when the repository's forkyard.yaml asks for one.`;
  }
  if (plan.strategy === 'direct') {
    return `all traffic of ${environment} goes to it within a few seconds.`;
  }
  return `a rollout of ${name} begins (${strategyWords[plan.strategy].toLocaleLowerCase('en')}: ${describePlan(plan)}). It takes itself back when it proves worse.`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toLocaleUpperCase('en') + text.slice(1);
}
