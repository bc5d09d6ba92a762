import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { z as zod } from 'zod/v3';

/** What an agent is told of a rollout. The registry brings its own zod. */
export function rolloutOutputSchema(z: typeof zod) {
  return z.object({
    id: z.string(),
    entityRef: z.string(),
    environment: z.string(),
    deploymentId: z.string(),
    stableDeploymentId: z.string().optional(),
    commitSha: z.string().optional(),
    commitMessage: z.string().optional(),
    strategy: z.string(),
    state: z.string(),
    reason: z.string(),
    asked: z
      .string()
      .optional()
      .describe('What somebody asked for while its traffic still moves'),
    percent: z
      .number()
      .describe('Share of the traffic of the new version, 0 to 100'),
    stage: z.string().optional().describe('For example 2 of 3'),
    verdict: z
      .object({
        decision: z.string(),
        reason: z.string(),
        canaryRequests: z.number(),
        canaryErrors: z.number(),
        stableRequests: z.number(),
        stableErrors: z.number(),
      })
      .optional(),
    waitingFor: z.array(z.string()).describe('What it waits for, in words'),
    createdAt: z.string(),
    createdBy: z.string(),
    endedAt: z.string().optional(),
  });
}

/** Picks from a rollout what an agent is told. */
export function toRolloutOutput(rollout: Rollout) {
  const { plan, stageIndex, verdict } = rollout;
  return {
    id: rollout.id,
    entityRef: rollout.entityRef,
    environment: rollout.environment,
    deploymentId: rollout.deploymentId,
    stableDeploymentId: rollout.stableDeploymentId,
    commitSha: rollout.commit?.sha,
    commitMessage: rollout.commit?.message,
    strategy: plan.strategy,
    state: rollout.state,
    reason: rollout.reason,
    asked: rollout.asked,
    percent: rollout.percent,
    stage:
      stageIndex === undefined
        ? undefined
        : `${stageIndex + 1} of ${plan.stages.length}`,
    verdict: verdict && {
      decision: verdict.decision,
      reason: verdict.reason,
      canaryRequests: verdict.canary.requests,
      canaryErrors: verdict.canary.errors,
      stableRequests: verdict.stable.requests,
      stableErrors: verdict.stable.errors,
    },
    waitingFor: rollout.gates
      .filter(({ state }) => state === 'waiting')
      .map(({ reason }) => reason),
    createdAt: rollout.createdAt,
    createdBy: rollout.createdBy,
    endedAt: rollout.endedAt,
  };
}
