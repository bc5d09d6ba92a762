import type {
  EntityDelivery,
  RolloutApproval,
  RolloutDetail,
  RolloutGate,
  RolloutPlan,
  RolloutPoint,
  Verdict,
} from '@forkyard/plugin-deployments-common';
import { entityRef } from './deployments';

const secondMs = 1_000;

/** ISO time that many seconds ago; negative for the future. */
export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * secondMs).toISOString();
}

export const canaryPlan: RolloutPlan = {
  strategy: 'canary',
  stages: [
    { percent: 10, minutes: 2, approval: false },
    { percent: 25, minutes: 5, approval: false },
    { percent: 50, minutes: 5, approval: true },
  ],
  watchMinutes: 10,
  approval: true,
  checks: ['ci', 'security', 'smoke-test', 'schema'],
  smokeTestPath: '/healthz',
  verdict: {},
};

export const directPlan: RolloutPlan = {
  ...canaryPlan,
  strategy: 'direct',
  stages: [],
  watchMinutes: 0,
  approval: false,
};

export const goodVerdict: Verdict = {
  decision: 'continue',
  reason:
    'The new version failed 5 of 1,204 requests (0.42 %), the stable one 40 of 9,800 (0.41 %). No sign of harm; about 800 more requests of the new version until that is certain enough for a promotion.',
  metrics: [
    {
      metric: 'errors',
      canaryRatio: 0.0042,
      stableRatio: 0.0041,
      differenceLow: -0.004,
      differenceHigh: 0.0062,
      harmProgress: 0.08,
      goodProgress: 0.62,
      requestsNeeded: 800,
    },
    {
      metric: 'latency',
      canaryRatio: 0.052,
      stableRatio: 0.05,
      differenceLow: -0.02,
      differenceHigh: 0.03,
      harmProgress: 0.12,
      goodProgress: 0.9,
      requestsNeeded: 120,
    },
  ],
  canary: { requests: 1_204, errors: 5, durations: 1_204, slow: 63 },
  stable: { requests: 9_800, errors: 40, durations: 9_800, slow: 490 },
  elapsedSeconds: 180,
};

export const harmVerdict: Verdict = {
  decision: 'abort',
  reason:
    'The new version failed 28 of 143 requests (19.6 %), the stable one 5 of 1,310 (0.38 %). That is worse by more than the tolerated 0.5 points; at most 1 in 100 good versions would look so bad.',
  metrics: [
    {
      metric: 'errors',
      canaryRatio: 0.196,
      stableRatio: 0.004,
      differenceLow: 0.11,
      differenceHigh: 0.28,
      harmProgress: 1,
      goodProgress: 0,
    },
  ],
  canary: { requests: 143, errors: 28, durations: 0, slow: 0 },
  stable: { requests: 1_310, errors: 5, durations: 0, slow: 0 },
  elapsedSeconds: 42,
};

const checkedAt = ago(400);
export const passedGates: RolloutGate[] = [
  {
    gate: 'ci',
    state: 'passed',
    reason: 'All 6 checks of the commit passed.',
    checkedAt,
    url: 'http://127.0.0.1:4391/acme/image-studio/actions',
  },
  {
    gate: 'security',
    state: 'passed',
    reason: 'No critical finding is open.',
    checkedAt,
  },
  {
    gate: 'smoke-test',
    state: 'passed',
    reason: '/healthz answered 200 in 38 ms.',
    checkedAt,
  },
  {
    gate: 'schema',
    state: 'skipped',
    reason: 'The commit changes no schema.',
    checkedAt,
  },
  {
    gate: 'error-budget',
    state: 'passed',
    reason: '71 % of the error budget is left.',
    checkedAt,
  },
];

/** A canary in its second stage, at 25 % and good so far, unless told otherwise. */
export function createRollout(
  overrides: Partial<RolloutDetail> = {},
): RolloutDetail {
  return {
    id: 'rollout-1',
    entityRef,
    environment: 'production',
    deploymentId: 'vercel:dpl_new',
    commit: {
      sha: '9ab02e1000000000000000000000000000000000',
      message: 'Resize images in a worker',
      author: 'ben',
    },
    stableDeploymentId: 'vercel:dpl_live',
    stableCommit: {
      sha: '3f2c1a9000000000000000000000000000000000',
      message: 'Fix token refund',
      author: 'ana',
    },
    plan: canaryPlan,
    state: 'progressing',
    reason: 'Stage 2 of 3: the new version has 25 % of the traffic.',
    percent: 25,
    stageIndex: 1,
    stageStartedAt: ago(130),
    stageEndsAt: ago(-170),
    verdict: goodVerdict,
    gates: passedGates,
    createdAt: ago(420),
    createdBy: 'user:default/ben',
    transitions: [
      {
        id: 't1',
        at: ago(420),
        to: 'checking',
        percent: 0,
        actor: 'user:default/ben',
        reason: 'The deployment is ready.',
        comment: 'Please watch the thumbnails',
      },
      {
        id: 't2',
        at: ago(300),
        from: 'checking',
        to: 'progressing',
        percent: 10,
        actor: 'forkyard',
        reason: 'All checks passed and ana approved.',
      },
      {
        id: 't3',
        at: ago(130),
        from: 'progressing',
        to: 'progressing',
        percent: 25,
        actor: 'forkyard',
        reason: 'Stage 1 ended: no sign of harm in 402 requests.',
      },
    ],
    approvals: [
      createApproval({
        id: 'a1',
        state: 'approved',
        decidedBy: 'user:default/ana',
        decidedAt: ago(305),
        comment: 'Looks right',
      }),
    ],
    ...overrides,
  };
}

/** One that waits for a second person, unless told otherwise. */
export function createApproval(
  overrides: Partial<RolloutApproval> = {},
): RolloutApproval {
  return {
    id: 'approval-1',
    rolloutId: 'rollout-1',
    entityRef,
    environment: 'production',
    state: 'pending',
    requestedBy: 'user:default/ben',
    requestedAt: ago(400),
    expiresAt: ago(-24 * 3_600),
    ...overrides,
  };
}

/** A rollout that waits for approval before any traffic. */
export function createWaitingRollout(
  overrides: Partial<RolloutDetail> = {},
): RolloutDetail {
  const base = createRollout();
  return {
    ...base,
    state: 'checking',
    reason: 'Waits for a second person and for the end of a freeze.',
    percent: 0,
    stageIndex: undefined,
    stageStartedAt: undefined,
    stageEndsAt: undefined,
    verdict: undefined,
    gates: [
      ...passedGates.slice(0, 3),
      {
        gate: 'approval',
        state: 'waiting',
        reason: 'Nobody but ben has looked at it yet.',
        checkedAt,
      },
      {
        gate: 'freeze',
        state: 'waiting',
        reason: 'Frozen by “Friday evening” until Monday, 06:00 UTC.',
        checkedAt,
      },
    ],
    transitions: base.transitions.slice(0, 1),
    approvals: [createApproval()],
    ...overrides,
  };
}

/** A canary that took itself back. */
export function createAbortedRollout(
  overrides: Partial<RolloutDetail> = {},
): RolloutDetail {
  const base = createRollout();
  return {
    ...base,
    id: 'rollout-aborted',
    state: 'aborted',
    reason: harmVerdict.reason,
    percent: 0,
    stageIndex: undefined,
    stageStartedAt: undefined,
    stageEndsAt: undefined,
    verdict: harmVerdict,
    endedAt: ago(100),
    transitions: [
      ...base.transitions.slice(0, 2),
      {
        id: 't9',
        at: ago(100),
        from: 'progressing',
        to: 'aborted',
        percent: 0,
        actor: 'forkyard',
        reason: harmVerdict.reason,
        verdict: harmVerdict,
      },
    ],
    ...overrides,
  };
}

/** Traffic of both versions, a point every five seconds. */
export function createPoints(
  options: { seconds?: number; untilAgo?: number; errorRatio?: number } = {},
): RolloutPoint[] {
  const { seconds = 295, untilAgo = 0, errorRatio = 0.004 } = options;
  const points: RolloutPoint[] = [];
  for (let before = seconds; before >= 0; before -= 5) {
    const share = before > 130 ? 0.1 : 0.25;
    const wave = 1 + Math.sin(before / 17) * 0.2;
    const total = Math.round(240 * wave);
    const canary = Math.round(total * share);
    const progress = (seconds - before) / seconds;
    points.push({
      at: ago(before + untilAgo),
      percent: share * 100,
      canary: {
        requests: canary,
        errors: Math.round(canary * errorRatio + Math.cos(before) * 0.4),
        p95Milliseconds: 178 + Math.sin(before / 9) * 12,
      },
      stable: {
        requests: total - canary,
        errors: Math.round((total - canary) * 0.004),
        p95Milliseconds: 174 + Math.cos(before / 11) * 9,
      },
      harmProgress: errorRatio > 0.05 ? progress : 0.1,
      goodProgress: errorRatio > 0.05 ? 0 : progress * 0.62,
    });
  }
  return points;
}

export function createDelivery(
  overrides: Partial<EntityDelivery> = {},
): EntityDelivery {
  return {
    entityRef,
    environments: [
      { environment: 'production', plan: canaryPlan, from: 'file' },
      { environment: 'preview', plan: directPlan, from: 'default' },
    ],
    fileProblems: [],
    ...overrides,
  };
}
