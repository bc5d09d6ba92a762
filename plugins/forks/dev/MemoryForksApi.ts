import { NotFoundError } from '@backstage/errors';
import {
  provisioningSteps,
  type Fork,
  type ForkPlan,
  type ForkRequestInput,
  type ForksApi,
  type ForksSummary,
  type ListForksRequest,
  type Page,
  type Provisioning,
  type Status,
} from '@forkyard/plugin-forks-common';

const sha = '3f2c1a9b3f2c1a9b3f2c1a9b3f2c1a9b3f2c1a9b';
const statuses: Status[] = ['failing', 'in-progress', 'healthy', 'healthy'];

/** Answers as forks-backend would, from a handful of forks in memory. */
export class MemoryForksApi implements ForksApi {
  readonly #forks = statuses.map((status, index) =>
    makeFork(`product-${index + 1}`, status),
  );
  #state: Provisioning['state'] = 'failed';

  async listForks(request: ListForksRequest): Promise<Page<Fork>> {
    const items = this.#forks.filter(
      fork =>
        fork.name.includes(request.search ?? '') &&
        (!request.statuses?.length || request.statuses.includes(fork.status)),
    );
    return { items, totalItems: items.length };
  }

  async getFork({ name }: { name: string }): Promise<Fork> {
    const fork = this.#forks.find(other => other.name === name);
    if (!fork) throw new NotFoundError(`There is no fork '${name}'`);
    return fork;
  }

  async getForksSummary(): Promise<ForksSummary> {
    const count = (status: Status) =>
      this.#forks.filter(fork => fork.status === status).length;
    return {
      total: this.#forks.length,
      byStatus: {
        failing: count('failing'),
        degraded: count('degraded'),
        waiting: count('waiting'),
        'in-progress': count('in-progress'),
        unknown: count('unknown'),
        healthy: count('healthy'),
      },
      owners: ['group:default/platform'],
      systems: [],
    };
  }

  async checkPlan(request: ForkRequestInput): Promise<ForkPlan> {
    return {
      verdict: 'pass',
      checks: [
        {
          id: 'repository-name',
          verdict: 'pass',
          message: `Repository acme/${request.name} is free`,
        },
      ],
      resources: [
        {
          step: 'repository',
          kind: 'repository',
          name: `acme/${request.name}`,
        },
      ],
      checkedAt: new Date().toISOString(),
    };
  }

  async sealSecret() {
    return { ref: 'sealed', expiresAt: new Date().toISOString() };
  }

  async createProvisioning() {
    return this.getProvisioning();
  }

  async listProvisionings(): Promise<Page<Provisioning>> {
    return { items: [await this.getProvisioning()] };
  }

  async advanceProvisioning() {
    return this.resumeProvisioning();
  }

  async resumeProvisioning() {
    this.#state = 'succeeded';
    return this.getProvisioning();
  }

  async unwindProvisioning() {
    this.#state = 'unwound';
    return this.getProvisioning();
  }

  async getProvisioningLog({ after = 0 }: { after?: number }) {
    const items = provisioningSteps.map((step, index) => ({
      sequence: index + 1,
      at: new Date().toISOString(),
      step,
      level: 'info' as const,
      message: `This is what step ${step} writes`,
    }));
    return { items: items.slice(after) };
  }

  async getProvisioning(): Promise<Provisioning> {
    const state = this.#state === 'failed' ? 'failed' : 'succeeded';
    const now = new Date().toISOString();
    return {
      id: 'p-1',
      forkName: 'product-1',
      entityRef: 'component:default/product-1',
      state: this.#state,
      through: 'registration',
      onFailure: 'keep',
      steps: provisioningSteps.map(id => ({
        id,
        state: id === 'deployment' ? state : 'succeeded',
        attempts: 1,
        startedAt: now,
        finishedAt: now,
        resources: [],
      })),
      productionUrl: 'https://product-1.example.com',
      createdBy: 'user:development/guest',
      createdAt: now,
      updatedAt: now,
    };
  }
}

function makeFork(name: string, status: Status): Fork {
  const now = new Date().toISOString();
  return {
    name,
    title: name,
    description: '',
    entityRef: `component:default/${name}`,
    owner: 'group:default/platform',
    lifecycle: status === 'in-progress' ? 'provisioning' : 'active',
    status,
    statusReason: `This is why it is ${status}`,
    statusSince: now,
    base: { repository: 'acme/base-app', sha },
    productionUrl: `https://${name}.example.com`,
    sloTier: 'standard',
    monthlyBudgetUsd: 50,
    vitals: {
      slo: {
        status: status === 'failing' ? 'exhausted' : 'ok',
        budgetRemainingRatio: status === 'failing' ? -0.4 : 0.71,
      },
      cost: { monthToDate: '41.20', forecast: '48.00', budget: '50' },
      findings: { openCritical: 0, openHigh: 1, openTotal: 4, overdue: 0 },
      alerts: { firing: status === 'failing' ? 1 : 0 },
    },
    live: { deploymentId: name, sha, message: 'Begin', since: now },
    deploysByDay: [{ date: now.slice(0, 10), count: 1 }],
    provisioningId: 'p-1',
    createdAt: now,
    createdBy: 'user:development/guest',
  };
}
