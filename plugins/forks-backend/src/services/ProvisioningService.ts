import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  ForkRequest,
  Page,
  Provisioning,
  ProvisioningLogLine,
  ProvisioningState,
  StepId,
} from '@forkyard/plugin-forks-common';
import type { ForkCriteria } from '../database/ForkStore';

export interface ProvisionForkRequest {
  request: ForkRequest;
  through?: StepId;
  idempotencyKey?: string;
}

export interface ProvisionForkResult {
  provisioning: Provisioning;
  /** False when an earlier request created it. */
  created: boolean;
}

type Options = { credentials: BackstageCredentials };

/**
 * Makes forks, durably.
 *
 * Every method throws `NotFoundError` for an id that does not exist, and
 * `ConflictError` when the state of the provisioning does not allow what is
 * asked.
 */
export interface ProvisioningService {
  /**
   * Creates the fork, or gives the provisioning that already does: the one with
   * the same idempotency key, or with the same request of the same caller.
   */
  provisionFork(
    request: ProvisionForkRequest,
    options: Options,
  ): Promise<ProvisionForkResult>;
  getProvisioning(
    request: { id: string },
    options: Options,
  ): Promise<Provisioning>;
  listProvisionings(
    request: {
      states?: ProvisioningState[];
      cursor?: string;
      limit?: number;
      /** Set by the permission decorator. */
      filter?: ForkCriteria;
    },
    options: Options,
  ): Promise<Page<Provisioning>>;
  getProvisioningLog(
    request: { id: string; after?: number },
    options: Options,
  ): Promise<{ items: ProvisioningLogLine[] }>;
  /** Lets it run up to and including a later step. */
  advanceProvisioning(
    request: { id: string; through: StepId },
    options: Options,
  ): Promise<Provisioning>;
  /** Tries the failed step again, with the work before it kept. */
  resumeProvisioning(
    request: { id: string },
    options: Options,
  ): Promise<Provisioning>;
  /** Undoes in reverse what the ledger says was made. */
  unwindProvisioning(
    request: { id: string },
    options: Options,
  ): Promise<Provisioning>;
}
