import { createHash, randomUUID } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { principalRef } from '@forkyard/backend-kit';
import {
  isStepWithin,
  provisioningSteps,
  toForkEntityRef,
  type ForkRequest,
  type Provisioning,
  type ProvisioningState,
  type StepId,
} from '@forkyard/plugin-forks-common';
import type { ForkStore } from '../database/ForkStore';
import type { ProvisioningLogStore } from '../database/ProvisioningLogStore';
import type {
  ProvisioningRecord,
  ProvisioningStore,
} from '../database/ProvisioningStore';
import type { ForkAnnouncer } from './ForkAnnouncer';
import type { PlanService } from './PlanService';
import type {
  ProvisionForkRequest,
  ProvisionForkResult,
  ProvisioningService,
} from './ProvisioningService';
import { toProvisioning } from './toProvisioning';

/** Usual durations change slowly. */
const DURATIONS_KEPT_MS = 30_000;

/**
 * The rules of making forks. The steps themselves are run by the executor, which
 * this only wakes.
 */
export class DefaultProvisioningService implements ProvisioningService {
  #durations?: {
    readAt: number;
    values: Promise<Partial<Record<StepId, number>>>;
  };

  constructor(
    private readonly options: {
      provisionings: ProvisioningStore;
      forks: ForkStore;
      logLines: ProvisioningLogStore;
      plans: PlanService;
      announcer: ForkAnnouncer;
      /** Wakes whoever runs due provisionings. */
      nudge(): void;
    },
  ) {}

  async provisionFork(
    { request, through = 'registration', idempotencyKey }: ProvisionForkRequest,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<ProvisionForkResult> {
    const { provisionings, plans, forks, announcer, nudge } = this.options;
    const createdBy = principalRef(credentials);
    const normalized = normalizeRequest(request);
    const requestHash = hashRequest(normalized);
    const asked = { createdBy, requestHash, idempotencyKey };

    const existing = await provisionings.findExisting({
      forkName: normalized.name,
      createdBy,
      idempotencyKey,
    });
    if (existing) return this.#presentRepeat(ensureSame(existing, asked));

    const base = await plans.ensurePlan(normalized, { credentials });
    const { provisioning, inserted } = await provisionings.insertProvisioning({
      ...asked,
      id: randomUUID(),
      request: normalized,
      base,
      entityRef: toForkEntityRef(normalized.name),
      through,
    });
    if (!inserted) return this.#presentRepeat(ensureSame(provisioning, asked));
    nudge();
    const fork = await forks.findFork({ name: normalized.name });
    if (fork) announcer.announceFork('created', fork);
    return { provisioning: await this.#present(provisioning), created: true };
  }

  async getProvisioning({ id }: { id: string }) {
    return this.#present(await this.#get(id));
  }

  async listProvisionings(
    request: Parameters<ProvisioningService['listProvisionings']>[0],
  ) {
    const { items, nextCursor } =
      await this.options.provisionings.listProvisionings(request);
    return {
      items: await Promise.all(items.map(item => this.#present(item))),
      nextCursor,
    };
  }

  async getProvisioningLog({ id, after = 0 }: { id: string; after?: number }) {
    await this.#get(id);
    return {
      items: await this.options.logLines.listLines({
        provisioningId: id,
        after,
      }),
    };
  }

  async advanceProvisioning({ id, through }: { id: string; through: StepId }) {
    const record = await this.#get(id);
    if (record.state === 'failed') {
      const failed = record.steps.find(({ state }) => state === 'failed');
      throw new ConflictError(
        `Fork '${record.forkName}' cannot go on to step '${through}': step '${failed?.id}' failed: ${failed?.error?.message}. Resume or unwind it first`,
      );
    }
    this.#ensureState(record, ['running', 'waiting', 'succeeded'], 'go on');
    if (isStepWithin(through, record.through)) return this.#present(record);
    return this.#request(record, {
      from: ['running', 'waiting'],
      to: 'running',
      through,
    });
  }

  async resumeProvisioning({ id }: { id: string }) {
    const record = await this.#get(id);
    // Whoever presses twice wants the same as who presses once.
    if (['running', 'waiting', 'succeeded'].includes(record.state)) {
      return this.#present(record);
    }
    this.#ensureState(record, ['failed'], 'be resumed');
    // The form's task may have ended with the failure, and with it whoever
    // would have moved the mark on; a person who resumes wants it finished.
    return this.#request(record, {
      from: ['failed'],
      to: 'running',
      through: provisioningSteps[provisioningSteps.length - 1],
    });
  }

  async unwindProvisioning({ id }: { id: string }) {
    const record = await this.#get(id);
    if (record.state === 'unwound') return this.#present(record);
    return this.#request(record, {
      from: ['running', 'waiting', 'succeeded', 'failed', 'unwinding'],
      to: 'unwinding',
    });
  }

  async #get(id: string): Promise<ProvisioningRecord> {
    const record = await this.options.provisionings.findProvisioning({ id });
    if (!record) {
      throw new NotFoundError(`Provisioning '${id}' does not exist`);
    }
    return record;
  }

  async #request(
    record: ProvisioningRecord,
    change: {
      from: ProvisioningState[];
      to: 'running' | 'unwinding';
      through?: StepId;
    },
  ): Promise<Provisioning> {
    const { id, lastSequence } = record;
    const { provisionings, announcer, nudge } = this.options;
    if (!(await provisionings.requestChange({ id, ...change }))) {
      // It changed since it was read; what is asked is judged anew.
      const { state } = await this.#get(id);
      throw new ConflictError(
        `Fork '${record.forkName}' is '${state}' meanwhile. Look at it again before you go on`,
      );
    }
    nudge();
    announcer.announceProgress({
      provisioningId: id,
      lastSequence,
    });
    return this.#present(await this.#get(id));
  }

  #ensureState(
    record: ProvisioningRecord,
    states: ProvisioningState[],
    what: string,
  ): void {
    if (!states.includes(record.state)) {
      throw new ConflictError(
        `Fork '${record.forkName}' cannot ${what}: its provisioning is '${record.state}' since ${record.updatedAt.toISOString()}. Create it again once it is unwound`,
      );
    }
  }

  async #presentRepeat(
    record: ProvisioningRecord,
  ): Promise<ProvisionForkResult> {
    return { provisioning: await this.#present(record), created: false };
  }

  async #present(record: ProvisioningRecord): Promise<Provisioning> {
    const now = performance.now();
    if (!this.#durations || now - this.#durations.readAt > DURATIONS_KEPT_MS) {
      const values = this.options.provisionings.usualDurations();
      this.#durations = { readAt: now, values };
      values.catch(() => (this.#durations = undefined));
    }
    return toProvisioning(record, await this.#durations.values);
  }
}

/** Refs are written out, so that lists can be filtered by them. */
function normalizeRequest(request: ForkRequest): ForkRequest {
  return {
    ...request,
    owner: stringifyEntityRef(
      parseEntityRef(request.owner, { defaultKind: 'group' }),
    ),
    system:
      request.system &&
      stringifyEntityRef(
        parseEntityRef(request.system, { defaultKind: 'system' }),
      ),
  };
}

/** Secrets are new references at every attempt, so only their keys count. */
function hashRequest(request: ForkRequest): string {
  const { secrets, ...rest } = request;
  const canonical = JSON.stringify(
    [rest, secrets.map(({ key, targets }) => ({ key, targets }))],
    (_key, value) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort())
        : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}

function ensureSame(
  existing: ProvisioningRecord,
  asked: { createdBy: string; requestHash: string; idempotencyKey?: string },
): ProvisioningRecord {
  const isSame =
    existing.createdBy === asked.createdBy &&
    existing.requestHash === asked.requestHash;
  if (isSame && existing.state !== 'unwound') return existing;
  if (isSame) {
    throw new ConflictError(
      `Fork '${existing.forkName}' was undone after it was asked for with this idempotency key. Ask again with a new key`,
    );
  }
  throw new ConflictError(
    `Fork '${existing.forkName}' exists already: its provisioning is '${existing.state}'. Choose another name, or unwind that one first`,
  );
}
