import type { Status } from './types';

/** Topic of the Backstage events service that tells of forks. @public */
export const FORKS_FORK_TOPIC = 'forks.fork';

/**
 * Payload of {@link FORKS_FORK_TOPIC}. A nudge: whoever acts on it would find
 * the same work in a scheduled reconcile.
 *
 * @public
 */
export interface ForkEventPayload {
  kind: 'created' | 'deployed' | 'registered' | 'failed' | 'unwound';
  forkName: string;
  entityRef: string;
  projectId?: string;
}

/** Signal channel on which fork lists refresh. @public */
export const FORKS_SIGNAL_CHANNEL = 'forks:forks';

/** Signal channel of one provisioning's progress. @public */
export function provisioningSignalChannel(provisioningId: string): string {
  return `forks:provisioning:${provisioningId}`;
}

/** @public */
export type ForksSignal = {
  forkName: string;
  status: Status;
};

/** @public */
export type ProvisioningSignal = {
  provisioningId: string;
  /** Highest log sequence there is, so that a reader knows whether to fetch. */
  lastSequence: number;
};
