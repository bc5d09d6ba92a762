import type {
  ForkRequest,
  ProvisionedResource,
  ProvisioningLogLine,
  StepId,
} from '@forkyard/plugin-forks-common';
import type { ForkChange } from '../database/LedgerStore';
import type {
  ProvisioningRecord,
  StepRecord,
} from '../database/ProvisioningStore';
import type { OpenedSecret, UndoOperation } from '../database/tables';

/** What steps tell the ones after them. */
export interface ProvisioningFacts {
  repositoryUrl?: string;
  cloneUrl?: string;
  /** Commit of the fork that is deployed, made before it is pushed. */
  commitSha?: string;
  projectId?: string;
  storeId?: string;
  deploymentId?: string;
  productionUrl?: string;
}

/**
 * What a step works with.
 */
export interface StepContext {
  provisioning: ProvisioningRecord;
  request: ForkRequest;
  /** Of the steps before, and of earlier attempts of this one. */
  facts: ProvisioningFacts;
  /** Aborted when the time is over, the lease lost or the portal stops. */
  signal: AbortSignal;
  /** Adds a line to the provisioning's log; it is redacted on its way. */
  log(message: string, level?: ProvisioningLogLine['level']): void;
  /** Writes facts to the ledger before the step is done. */
  checkpoint(facts: ProvisioningFacts): Promise<void>;
  /** Decrypts the secrets of the request. */
  openSecrets(): Promise<OpenedSecret[]>;
  /** Whether every secret of the request can be recognized in a log. */
  canRedact: boolean;
}

/** What a step is about to make, known before it is begun. */
export interface StepIntent {
  resources: ProvisionedResource[];
  undo: UndoOperation[];
}

/** What a step has made. */
export interface StepResult {
  /** Why there was nothing to do. */
  skipped?: string;
  resources?: ProvisionedResource[];
  facts?: ProvisioningFacts;
  fork?: ForkChange;
}

/**
 * One step of a provisioning.
 *
 * `run` is get-or-create under a deterministic name and puts our marker on what
 * it makes: it may be called again after a crash at any point, makes no second
 * resource, and fails on a resource of that name that is not ours. `undo` may be
 * called again too, and leaves alone what does not bear our marker.
 */
export interface Step {
  id: StepId;
  /** What it does, for the log and for error messages: "Create the …". */
  title: string;
  timeLimitSeconds: number;
  plan(request: ForkRequest, provisioningId: string): StepIntent;
  run(context: StepContext): Promise<StepResult>;
  undo(context: StepContext, step: StepRecord): Promise<void>;
}

/** A fact that an earlier step must have left. */
export function getFact(
  context: StepContext,
  name: keyof ProvisioningFacts,
): string {
  const value = context.facts[name];
  if (!value) {
    throw new Error(
      `The ledger of provisioning '${context.provisioning.id}' has no '${name}', which an earlier step should have left`,
    );
  }
  return value;
}
