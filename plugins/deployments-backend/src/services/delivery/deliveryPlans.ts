import type {
  RolloutCheckName,
  RolloutPlan,
  RolloutStage,
  RolloutStrategy,
} from '@forkyard/plugin-deployments-common';
import type { DeliveryFile } from '../../database/delivery/DeliveryFileStore';

export const DEFAULT_SMOKE_TEST_PATH = '/healthz';

const DEFAULT_WATCH_MINUTES = 15;

const DEFAULT_STAGES: RolloutStage[] = [
  { percent: 5, minutes: 5, approval: false },
  { percent: 25, minutes: 10, approval: false },
  { percent: 50, minutes: 10, approval: false },
];

const DEFAULT_CHECKS: RolloutCheckName[] = [
  'ci',
  'security',
  'smoke-test',
  'schema',
];

/** Makes a whole plan of a strategy and what is said of it. */
export function createPlan(
  strategy: RolloutStrategy,
  said: Partial<Omit<RolloutPlan, 'strategy'>> = {},
): RolloutPlan {
  const isDirect = strategy === 'direct';
  return {
    strategy,
    stages: said.stages ?? (strategy === 'canary' ? DEFAULT_STAGES : []),
    watchMinutes: said.watchMinutes ?? (isDirect ? 0 : DEFAULT_WATCH_MINUTES),
    approval: said.approval ?? false,
    checks: said.checks ?? (isDirect ? [] : DEFAULT_CHECKS),
    smokeTestPath: said.smokeTestPath ?? DEFAULT_SMOKE_TEST_PATH,
    verdict: said.verdict ?? {},
    ...(said.deployOn && { deployOn: said.deployOn }),
  };
}

/** Gives the plan of an environment by a file that is held, else by default. */
export function planOf(
  file: Pick<DeliveryFile, 'plans'> | undefined,
  environment: string,
): RolloutPlan {
  return file?.plans?.[environment] ?? createPlan('direct');
}
