import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  isStepWithin,
  provisioningSteps,
  type ForkPlan,
  type ForkRequestInput,
  type Provisioning,
  type ProvisioningLogLine,
  type StepError,
  type StepId,
} from '@forkyard/plugin-forks-common';
import type {
  ForksService,
  ForksServiceOptions,
} from '@forkyard/plugin-forks-node';

const passingPlan: ForkPlan = {
  verdict: 'pass',
  checks: [
    {
      id: 'repository-name',
      verdict: 'pass',
      message: 'Repository acme/image-studio is free',
    },
  ],
  resources: [],
  estimatedMonthlyCostUsd: { low: 18, high: 31 },
  checkedAt: '2026-11-21T09:00:00.000Z',
};

const madeBy: Partial<Record<StepId, string>> = {
  repository: 'repository',
  project: 'project',
  deployment: 'deployment',
};

/**
 * Keeps provisionings in memory and takes one step of work at every look, so
 * that a test sees an action wait without any clock.
 */
export class MemoryForks implements ForksService {
  readonly provisionings = new Map<string, Provisioning>();
  readonly requests: ForkRequestInput[] = [];
  readonly callers: ForksServiceOptions[] = [];
  plan: ForkPlan = passingPlan;
  /** Makes a step fail until it is deleted from here. */
  readonly failures = new Map<StepId, StepError>();
  /** Called before each answer; what it throws is what the caller sees. */
  beforeReply: (method: keyof ForksService) => void = () => {};
  readonly #byKey = new Map<string, string>();
  readonly #log = new Map<string, ProvisioningLogLine[]>();

  async checkPlan(request: ForkRequestInput, options: ForksServiceOptions) {
    this.callers.push(options);
    this.requests.push(request);
    return this.plan;
  }

  async provisionFork(
    {
      request,
      through = 'registration',
      idempotencyKey,
    }: Parameters<ForksService['provisionFork']>[0],
    options: ForksServiceOptions,
  ) {
    this.callers.push(options);
    this.requests.push(request);
    const known = idempotencyKey && this.#byKey.get(idempotencyKey);
    const id = known || `provisioning-${this.provisionings.size + 1}`;
    if (!known) {
      this.provisionings.set(id, begin(id, request, through));
      this.#log.set(id, []);
      this.#byKey.set(idempotencyKey ?? id, id);
    }
    this.beforeReply('provisionFork');
    return structuredClone(this.#find(id));
  }

  async getProvisioning(request: { id: string }, options: ForksServiceOptions) {
    this.callers.push(options);
    const provisioning = this.#find(request.id);
    const before = structuredClone(provisioning);
    this.#work(provisioning);
    this.beforeReply('getProvisioning');
    return before;
  }

  async advanceProvisioning(request: { id: string; through: StepId }) {
    const provisioning = this.#find(request.id);
    if (provisioning.state === 'failed') {
      throw new ConflictError('Resume or unwind it first');
    }
    if (!isStepWithin(request.through, provisioning.through)) {
      provisioning.through = request.through;
      provisioning.state = 'running';
    }
    this.beforeReply('advanceProvisioning');
    return structuredClone(provisioning);
  }

  async resumeProvisioning(request: { id: string }) {
    const provisioning = this.#find(request.id);
    for (const step of provisioning.steps) {
      if (step.state === 'failed') {
        step.state = 'pending';
        delete step.error;
      }
    }
    provisioning.state = 'running';
    return structuredClone(provisioning);
  }

  async getProvisioningLog(request: { id: string; after?: number }) {
    const lines = this.#log.get(request.id) ?? [];
    return {
      items: lines
        .filter(({ sequence }) => sequence > (request.after ?? 0))
        .slice(0, 1_000),
    };
  }

  async getFork(): Promise<never> {
    throw new NotFoundError('Not used by the actions');
  }

  async listForks(): Promise<never> {
    throw new NotFoundError('Not used by the actions');
  }

  write(id: string, step: StepId, message: string) {
    const lines = this.#log.get(id) ?? [];
    lines.push({
      sequence: lines.length + 1,
      at: '2026-11-21T09:00:00.000Z',
      step,
      level: 'info',
      message,
    });
  }

  #find(id: string): Provisioning {
    const provisioning = this.provisionings.get(id);
    if (!provisioning) {
      throw new NotFoundError(`No provisioning '${id}'`);
    }
    return provisioning;
  }

  #work(provisioning: Provisioning) {
    if (provisioning.state === 'unwinding') {
      this.write(provisioning.id, 'repository', 'archived');
      provisioning.state = 'unwound';
      return;
    }
    const step = provisioning.steps.find(({ state }) => state === 'pending');
    if (provisioning.state !== 'running' || !step) {
      return;
    }
    if (!isStepWithin(step.id, provisioning.through)) {
      provisioning.state = 'waiting';
      return;
    }
    step.attempts += 1;
    step.error = this.failures.get(step.id);
    if (step.error) {
      step.state = 'failed';
      provisioning.state =
        provisioning.onFailure === 'unwind' ? 'unwinding' : 'failed';
      this.write(provisioning.id, step.id, 'failed');
      return;
    }
    this.#finish(provisioning, step);
  }

  #finish(provisioning: Provisioning, step: Provisioning['steps'][number]) {
    const kind = madeBy[step.id];
    step.state = step.id === 'domain' ? 'skipped' : 'succeeded';
    step.resources = kind
      ? [{ kind, name: provisioning.forkName, externalId: `${kind}_1` }]
      : [];
    this.write(provisioning.id, step.id, 'done');
    if (step.id === 'repository') {
      provisioning.repositoryUrl = `http://127.0.0.1:4391/acme/${provisioning.forkName}`;
    }
    if (step.id === 'deployment') {
      provisioning.productionUrl = `http://${provisioning.forkName}.localhost:4393`;
    }
    if (step.id === 'registration') {
      provisioning.state = 'succeeded';
    }
  }
}

function begin(
  id: string,
  request: ForkRequestInput,
  through: StepId,
): Provisioning {
  return {
    id,
    forkName: request.name,
    entityRef: `component:default/${request.name}`,
    state: 'running',
    through,
    onFailure: request.onFailure ?? 'keep',
    steps: provisioningSteps.map(step => ({
      id: step,
      state: 'pending',
      attempts: 0,
      resources: [],
    })),
    createdBy: 'user:default/guest',
    createdAt: '2026-11-21T09:00:00.000Z',
    updatedAt: '2026-11-21T09:00:00.000Z',
  };
}
