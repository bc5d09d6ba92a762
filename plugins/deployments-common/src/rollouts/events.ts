import type { RolloutState } from './types';

/** Topic of the Backstage events service that tells of rollouts. @public */
export const DEPLOYMENTS_ROLLOUT_TOPIC = 'deployments.rollout';

/**
 * Payload of {@link DEPLOYMENTS_ROLLOUT_TOPIC}; a nudge, never the only way to
 * learn.
 *
 * @public
 */
export interface RolloutEventPayload {
  rolloutId: string;
  entityRef: string;
  environment: string;
  state: RolloutState;
  percent: number;
}
