import type {
  ForkLifecycle,
  ProvisionedResource,
  ProvisioningLogLine,
  ProvisioningState,
  Status,
  StepError,
  StepId,
} from '@forkyard/plugin-forks-common';
import type { ProvisioningRecord } from './ProvisioningStore';
import type { UndoOperation } from './tables';

/**
 * The right to work on a provisioning, for a while.
 *
 * The lease id is new at every claim, and every write of the ledger is fenced
 * by it: a worker that was presumed dead cannot disturb its successor.
 */
export interface Claim {
  provisioningId: string;
  leaseId: string;
  /** What was asked for when it was claimed. */
  generation: number;
  state: ProvisioningState;
}

/** What a step leaves in the ledger. */
export interface StepOutcome {
  state: 'succeeded' | 'skipped';
  resources: ProvisionedResource[];
  facts: Record<string, string>;
  undo: UndoOperation[];
}

/** Columns of the fork that follow the provisioning. */
export interface ForkChange {
  lifecycle?: ForkLifecycle;
  status?: Status;
  statusReason?: string;
  repositoryUrl?: string;
  productionUrl?: string;
  projectId?: string;
  live?: { deploymentId: string; sha?: string; message?: string };
}

/** A line that has no sequence yet. */
export type NewLogLine = Omit<ProvisioningLogLine, 'sequence'>;

/**
 * Port to the ledger as the worker writes it.
 *
 * Every method that takes a claim throws `LeaseLostError` when it is no longer
 * held. Times come from the database's clock.
 */
export interface LedgerStore {
  /** Claims the provisioning that has been due longest. */
  claimDue(request: { leaseSeconds: number }): Promise<Claim | undefined>;
  /** Extends the lease; resolves to the state that is asked for now. */
  extend(
    claim: Claim,
    request: { leaseSeconds: number },
  ): Promise<{ state: ProvisioningState }>;
  /** Gives the claim back, so that any worker may go on at once. */
  release(claim: Claim): Promise<void>;
  /**
   * Ends the work under this claim. When something else was asked for
   * meanwhile, the state is left as asked, the provisioning is due at once, and
   * this resolves to false: what came of the work is not what counts any more.
   */
  complete(
    claim: Claim,
    result: {
      state: ProvisioningState;
      dueInSeconds?: number;
      retries?: number;
      fork?: ForkChange;
    },
  ): Promise<boolean>;
  /** The provisioning as it is now. */
  read(claim: Claim): Promise<ProvisioningRecord>;
  /** Writes what the step is about to do, before it does it. */
  beginStep(
    claim: Claim,
    step: {
      id: StepId;
      intent: ProvisionedResource[];
      undo: UndoOperation[];
      fork?: ForkChange;
    },
  ): Promise<void>;
  /** Writes what the step knows already, before it is done. */
  checkpointStep(
    claim: Claim,
    step: { id: StepId; facts: Record<string, string> },
  ): Promise<void>;
  /** Writes what the step has done. */
  completeStep(
    claim: Claim,
    step: { id: StepId; outcome: StepOutcome; fork?: ForkChange },
  ): Promise<void>;
  failStep(claim: Claim, step: { id: StepId; error: StepError }): Promise<void>;
  undoStep(claim: Claim, step: { id: StepId }): Promise<void>;
}

/** The claim was overtaken: another worker holds the provisioning now. */
export class LeaseLostError extends Error {
  name = 'LeaseLostError' as const;

  constructor(provisioningId: string) {
    super(
      `The lease of provisioning '${provisioningId}' ran out and another worker took over`,
    );
  }
}
