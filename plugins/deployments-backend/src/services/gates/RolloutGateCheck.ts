import type {
  Rollout,
  RolloutGateName,
} from '@forkyard/plugin-deployments-common';
import type { GateOutcome } from '../../database/gates/GateResultsStore';

/**
 * One thing that may keep a rollout from traffic.
 *
 * It throws when it cannot be asked, which makes the gate wait. It makes one
 * attempt of bounded time: the next tick of the rollout is the next attempt.
 */
export interface RolloutGateCheck {
  readonly name: RolloutGateName;
  /** How long its word is taken for true before it is asked again. */
  readonly recheckSeconds: number;
  /** Whether what passed once stays passed for the rollout. */
  readonly isLasting: boolean;
  /** What it compares the rollout with; with another, it is asked anew. */
  subjectOf?(rollout: Rollout): string | undefined;
  evaluate(rollout: Rollout): Promise<GateOutcome>;
}
