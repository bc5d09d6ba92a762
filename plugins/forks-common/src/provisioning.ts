import type { StepId } from './steps';

/** @public */
export type StepState =
  'pending' | 'running' | 'succeeded' | 'skipped' | 'failed' | 'undone';

/**
 * One row of the provisioning ledger.
 *
 * @public
 */
export interface ProvisioningStep {
  id: StepId;
  state: StepState;
  /** How often the step was begun; more than one after a resume. */
  attempts: number;
  startedAt?: string;
  finishedAt?: string;
  /** What the step made, once it has. */
  resources: ProvisionedResource[];
  /** Why the step failed, in words for the person who pressed Create. */
  error?: StepError;
  /** Median duration of this step over the last successful provisionings, milliseconds. */
  usualDurationMs?: number;
}

/** @public */
export interface ProvisionedResource {
  kind: string;
  name: string;
  /** The id at the provider. */
  externalId?: string;
  url?: string;
}

/** @public */
export interface StepError {
  /** What failed and the state it left behind. */
  message: string;
  /** What the user can do next. */
  action: string;
  /** Whether trying again unchanged can help. */
  retryable: boolean;
}

/** @public */
export type ProvisioningState =
  'running' | 'waiting' | 'succeeded' | 'failed' | 'unwinding' | 'unwound';

/**
 * The making of one fork: a ledger of steps that survives a crash at any point.
 *
 * @public
 */
export interface Provisioning {
  id: string;
  forkName: string;
  entityRef: string;
  /**
   * `running` while a step is due, `waiting` when all steps up to `through`
   * are done, then `succeeded`, `failed`, `unwinding` or `unwound`.
   */
  state: ProvisioningState;
  /** The last step that may run for now; `registration` unless asked otherwise. */
  through: StepId;
  onFailure: 'keep' | 'unwind';
  steps: ProvisioningStep[];
  repositoryUrl?: string;
  productionUrl?: string;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
}

/**
 * A line of the provisioning log. Secrets are redacted before a line is kept.
 *
 * @public
 */
export interface ProvisioningLogLine {
  /** Increases by one within a provisioning. */
  sequence: number;
  at: string;
  step: StepId;
  level: 'info' | 'warn' | 'error';
  message: string;
}
