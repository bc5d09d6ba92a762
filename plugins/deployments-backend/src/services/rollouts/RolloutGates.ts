import type { Rollout, RolloutGate } from '@forkyard/plugin-deployments-common';

/**
 * Decides whether a rollout may get traffic, or more of it.
 *
 * A gate that cannot be asked is `waiting` and says so: trouble at GitHub never
 * lets a version through, and never ends a rollout.
 */
export interface RolloutGates {
  /**
   * All gates that concern the rollout now: before any traffic those of its
   * plan, its approval, freeze and error budget; between two stages the
   * approval of that stage, freeze and error budget. Asked at every tick, and
   * safe to repeat: an approval is requested once.
   */
  evaluate(rollout: Rollout): Promise<RolloutGate[]>;
}
