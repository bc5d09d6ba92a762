import {
  defaultVerdictSettings,
  type RolloutCheckName,
  type RolloutPlan,
  type RolloutStage,
  type RolloutStrategy,
  type VerdictSettings,
} from '@forkyard/plugin-deployments-common';

/** The plan that one entity has for an environment. */
export interface EntityPlan {
  entityRef: string;
  plan: RolloutPlan;
}

/** From the least to the most careful. */
const STRATEGIES: RolloutStrategy[] = ['direct', 'blue-green', 'canary'];

const CHECKS: RolloutCheckName[] = ['ci', 'security', 'smoke-test', 'schema'];

/** As many as a file may have, and as Vercel takes. */
const MAX_STAGES = 9;

/**
 * Which of two values gives a bad version less: it is aborted sooner, or needs
 * more to be promoted.
 */
const CAREFUL: Record<keyof VerdictSettings, 'least' | 'most'> = {
  falseAbortRate: 'most',
  falsePromoteRate: 'least',
  errorTolerance: 'least',
  latencyTolerance: 'least',
  minimumRequests: 'most',
  catastropheRatio: 'least',
  catastropheRequests: 'least',
  designEffect: 'most',
};

/**
 * Unites the plans of entities whose traffic is the same, so that none is got
 * round by another: the most careful strategy, every approval and check that any
 * of them asks for, every stage of a canary, the longest watch, the narrowest
 * verdict. The order in which they are given changes nothing.
 *
 * Gives the plans, too, the most careful strategy first, then by entity.
 *
 * @param plans - one or more
 */
export function combinePlans(plans: EntityPlan[]): {
  plan: RolloutPlan;
  sorted: EntityPlan[];
} {
  const sorted = [...plans].sort(compare);
  // Who has no plan asks for nothing, not for the defaults of a verdict.
  const asking = sorted.map(({ plan }) => plan).filter(isAsking);
  const [first = sorted[0].plan] = asking;
  if (asking.length <= 1) return { plan: first, sorted };
  const checks = CHECKS.filter(name =>
    asking.some(plan => plan.checks.includes(name)),
  );
  const [smokeTestPath = first.smokeTestPath, ...others] = new Set(
    asking.flatMap(plan =>
      plan.checks.includes('smoke-test') ? [plan.smokeTestPath] : [],
    ),
  );
  return {
    sorted,
    plan: {
      strategy: first.strategy,
      stages: combineStages(asking.flatMap(({ stages }) => stages)),
      watchMinutes: Math.max(...asking.map(({ watchMinutes }) => watchMinutes)),
      approval: asking.some(({ approval }) => approval),
      checks,
      smokeTestPath,
      ...(others.length > 0 && { otherSmokeTestPaths: others }),
      verdict: combineVerdicts(asking.map(({ verdict }) => verdict)),
    },
  };
}

/**
 * Says whose plan asked for what, where several entities share the traffic and
 * one asks for anything.
 */
export function describePlans(plans: EntityPlan[]): string | undefined {
  const asking = plans
    .map(({ entityRef, plan }) => ({ entityRef, asks: listDemands(plan) }))
    .filter(({ asks }) => asks.length > 0);
  if (plans.length < 2 || asking.length === 0) return undefined;
  const said = asking.map(
    ({ entityRef, asks }) => `'${entityRef}' asks for ${list(asks)}`,
  );
  return `${plans.length} entities have this project, and the stricter plan holds: ${said.join('; ')}.`;
}

function compare(one: EntityPlan, other: EntityPlan): number {
  const byStrategy = rankOf(other.plan) - rankOf(one.plan);
  if (byStrategy !== 0) return byStrategy;
  return one.entityRef < other.entityRef ? -1 : 1;
}

function rankOf({ strategy }: RolloutPlan): number {
  return STRATEGIES.indexOf(strategy);
}

function isAsking({ strategy }: RolloutPlan): boolean {
  return strategy !== 'direct';
}

/** Stays wherever anybody stays, as long as who stays longest. */
function combineStages(stages: RolloutStage[]): RolloutStage[] {
  const combined: RolloutStage[] = [];
  for (const stage of [...stages].sort((a, b) => a.percent - b.percent)) {
    const last = combined.at(-1);
    if (last?.percent !== stage.percent) combined.push({ ...stage });
    else {
      last.minutes = Math.max(last.minutes, stage.minutes);
      last.approval ||= stage.approval;
    }
  }
  while (combined.length > MAX_STAGES) foldNearest(combined);
  return combined;
}

/** Spends the time of a stage in the one before it, which has less traffic. */
function foldNearest(stages: RolloutStage[]): void {
  let nearest = 1;
  for (let index = 2; index < stages.length; index++) {
    if (gapBefore(stages, index) < gapBefore(stages, nearest)) nearest = index;
  }
  const [folded] = stages.splice(nearest, 1);
  const before = stages[nearest - 1];
  before.minutes += folded.minutes;
  before.approval ||= folded.approval;
}

function gapBefore(stages: RolloutStage[], index: number): number {
  return stages[index].percent - stages[index - 1].percent;
}

/** What a plan leaves open stays so unless another one is narrower than that. */
function combineVerdicts(
  verdicts: RolloutPlan['verdict'][],
): RolloutPlan['verdict'] {
  const combined: RolloutPlan['verdict'] = {};
  for (const name of Object.keys(CAREFUL) as (keyof VerdictSettings)[]) {
    const choose = CAREFUL[name] === 'least' ? Math.min : Math.max;
    const byDefault = defaultVerdictSettings[name];
    const chosen = choose(
      ...verdicts.map(({ [name]: value = byDefault }) => value),
    );
    const isOpen = verdicts.some(({ [name]: value }) => value === undefined);
    if (!isOpen || chosen !== byDefault) combined[name] = chosen;
  }
  return combined;
}

/** Says in words what a plan asks for; nothing when it is `direct`. */
export function listDemands({
  strategy,
  stages,
  approval,
  checks,
}: RolloutPlan): string[] {
  if (strategy === 'direct') return [];
  const demands = [strategy === 'canary' ? 'a canary' : strategy];
  if (approval) demands.push('an approval');
  if (stages.some(stage => stage.approval)) {
    demands.push('an approval within the canary');
  }
  if (checks.length > 0) {
    const word = checks.length > 1 ? 'checks' : 'check';
    demands.push(`the ${word} ${checks.join(', ')}`);
  }
  return demands;
}

function list(words: string[]): string {
  return words.length > 1
    ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
    : words[0];
}
