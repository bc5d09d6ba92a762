import {
  provisioningSteps,
  type Fork,
  type ForkPlan,
  type ForksSummary,
  type Provisioning,
  type ProvisioningStep,
  type StepId,
} from '@forkyard/plugin-forks-common';

export const sha = '3f2c1a9b3f2c1a9b3f2c1a9b3f2c1a9b3f2c1a9b';

/** Makes a fork that is healthy unless told otherwise. */
export function makeFork(part: Partial<Fork> = {}): Fork {
  const name = part.name ?? 'image-studio';
  return {
    name,
    title: 'Image Studio',
    description: 'Makes images',
    entityRef: `component:default/${name}`,
    owner: 'group:default/platform',
    system: 'system:default/demo',
    lifecycle: 'active',
    status: 'healthy',
    statusReason: 'Production answers',
    statusSince: '2026-11-21T08:00:00.000Z',
    base: { repository: 'acme/base-app', sha: `b${sha.slice(1)}` },
    repositoryUrl: `https://git.example.com/acme/${name}`,
    productionUrl: `https://${name}.example.com`,
    sloTier: 'standard',
    monthlyBudgetUsd: 50,
    vitals: {
      slo: { status: 'ok', budgetRemainingRatio: 0.71 },
      cost: { monthToDate: '41.20', forecast: '48.00', budget: '50' },
      findings: { openCritical: 0, openHigh: 1, openTotal: 4, overdue: 0 },
      alerts: { firing: 0 },
    },
    live: {
      deploymentId: 'vercel:dpl_1',
      sha,
      message: 'Fix token refund',
      author: 'ana',
      since: '2026-11-21T08:00:00.000Z',
    },
    deploysByDay: [],
    provisioningId: 'p-1',
    createdAt: '2026-11-20T08:00:00.000Z',
    createdBy: 'user:default/ana',
    ...part,
  };
}

export function makeSummary(part: Partial<ForksSummary> = {}): ForksSummary {
  return {
    total: 3,
    byStatus: {
      failing: 1,
      degraded: 0,
      waiting: 0,
      'in-progress': 0,
      unknown: 0,
      healthy: 2,
    },
    owners: ['group:default/platform', 'group:default/growth'],
    systems: ['system:default/demo'],
    ...part,
  };
}

/** Makes a provisioning whose steps before `at` are done. */
export function makeProvisioning(
  part: Partial<Omit<Provisioning, 'steps'>> & {
    at?: StepId;
    step?: Partial<ProvisioningStep>;
  } = {},
): Provisioning {
  const { at = 'deployment', step, ...rest } = part;
  const position = provisioningSteps.indexOf(at);
  const steps = provisioningSteps.map((id, index): ProvisioningStep => {
    if (rest.state === 'succeeded' || index < position) {
      return {
        id,
        state: 'succeeded',
        attempts: 1,
        startedAt: '2026-11-21T08:00:00.000Z',
        finishedAt: '2026-11-21T08:00:08.000Z',
        resources:
          id === 'repository'
            ? [
                {
                  kind: 'repository',
                  name: 'acme/image-studio',
                  url: 'https://git.example.com/acme/image-studio',
                },
              ]
            : [],
      };
    }
    if (index > position) {
      return { id, state: 'pending', attempts: 0, resources: [] };
    }
    return {
      id,
      state: 'running',
      attempts: 1,
      startedAt: new Date(Date.now() - 12_000).toISOString(),
      resources: [],
      usualDurationMs: 9_000,
      ...step,
    };
  });
  return {
    id: 'p-1',
    forkName: 'image-studio',
    entityRef: 'component:default/image-studio',
    state: 'running',
    through: 'registration',
    onFailure: 'keep',
    createdBy: 'user:default/ana',
    createdAt: '2026-11-21T08:00:00.000Z',
    updatedAt: '2026-11-21T08:00:30.000Z',
    ...rest,
    steps,
  };
}

export function makePlan(part: Partial<ForkPlan> = {}): ForkPlan {
  return {
    verdict: 'pass',
    checks: [
      {
        id: 'repository-name',
        verdict: 'pass',
        message: 'Repository acme/image-studio is free',
      },
      {
        id: 'team-quota',
        verdict: 'pass',
        message: '3 of 10 projects are used',
      },
    ],
    resources: [
      { step: 'repository', kind: 'repository', name: 'acme/image-studio' },
      { step: 'stores', kind: 'store', name: 'image-studio-postgres' },
    ],
    estimatedMonthlyCostUsd: { low: 18, high: 31 },
    checkedAt: '2026-11-21T08:00:00.000Z',
    ...part,
  };
}
