import type {
  ForkRequest,
  Page,
  ProvisionedResource,
  ProvisioningState,
  StepError,
  StepId,
  StepState,
} from '@forkyard/plugin-forks-common';
import type { ForkCriteria } from './ForkStore';
import type { UndoOperation } from './tables';

/** A provisioning with its ledger, as the services see it. */
export interface ProvisioningRecord {
  id: string;
  forkName: string;
  owner: string;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  request: ForkRequest;
  requestHash: string;
  base: { repository: string; sha: string };
  state: ProvisioningState;
  through: StepId;
  onFailure: 'keep' | 'unwind';
  retries: number;
  lastSequence: number;
  steps: StepRecord[];
}

/** One row of the ledger. */
export interface StepRecord {
  id: StepId;
  state: StepState;
  attempts: number;
  startedAt?: Date;
  finishedAt?: Date;
  intent: ProvisionedResource[];
  resources: ProvisionedResource[];
  facts: Record<string, string>;
  undo: UndoOperation[];
  error?: StepError;
}

/** What a new provisioning begins with. */
export interface NewProvisioning {
  id: string;
  request: ForkRequest;
  requestHash: string;
  idempotencyKey?: string;
  base: { repository: string; sha: string };
  entityRef: string;
  through: StepId;
  createdBy: string;
}

/**
 * Port to the provisionings, as everybody but the worker sees them.
 */
export interface ProvisioningStore {
  /**
   * Inserts the provisioning, its ledger and its fork, and binds its secrets to
   * it, all or nothing. Resolves to the provisioning that holds the idempotency
   * key or the name, when one does.
   *
   * Throws `InputError` when a secret is not the creator's or has expired.
   */
  insertProvisioning(
    provisioning: NewProvisioning,
  ): Promise<{ provisioning: ProvisioningRecord; inserted: boolean }>;
  findProvisioning(request: {
    id: string;
  }): Promise<ProvisioningRecord | undefined>;
  /**
   * The provisioning that stands in the way of a new one: with the caller's
   * idempotency key, or else with the name and not unwound.
   */
  findExisting(request: {
    forkName: string;
    createdBy: string;
    idempotencyKey?: string;
  }): Promise<ProvisioningRecord | undefined>;
  /** Newest first. */
  listProvisionings(request: {
    states?: ProvisioningState[];
    filter?: ForkCriteria;
    cursor?: string;
    limit?: number;
  }): Promise<Page<ProvisioningRecord>>;
  /**
   * Changes what is asked of a provisioning, if it is in one of the states, and
   * makes it due. Resolves to whether it was.
   */
  requestChange(request: {
    id: string;
    from: ProvisioningState[];
    to: 'running' | 'unwinding';
    through?: StepId;
  }): Promise<boolean>;
  /** Median duration of each step over its last 20 successes, milliseconds. */
  usualDurations(): Promise<Partial<Record<StepId, number>>>;
}
