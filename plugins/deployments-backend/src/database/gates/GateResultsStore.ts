import type {
  RolloutGate,
  RolloutGateName,
} from '@forkyard/plugin-deployments-common';

/** What a gate says, before it is dated. */
export type GateOutcome = Pick<RolloutGate, 'state' | 'reason' | 'url'> & {
  /** What anybody may read, where the reason is for those who see the rollout. */
  publicReason?: string;
};

/** What a gate said last. */
export interface HeldGate extends RolloutGate {
  /** What anybody may read. */
  publicReason: string;
  /** What the rollout was compared with. */
  subject?: string;
  ageSeconds: number;
  /** What GitHub was told last. */
  reported?: string;
  /** Whether GitHub may be told now, after trouble there. */
  mayReport: boolean;
}

type GateKey = { rolloutId: string; gate: RolloutGateName };

/**
 * Holds what the gates of rollouts said, so that what passed is not asked again.
 */
export interface GateResultsStore {
  list(rolloutId: string): Promise<HeldGate[]>;
  put(
    key: GateKey,
    outcome: GateOutcome & { subject?: string },
  ): Promise<RolloutGate>;
  /** Counts one more attempt, before it is made, and gives how many there were. */
  countAttempt(key: GateKey): Promise<number>;
  markReported(key: GateKey, reported: string): Promise<void>;
  delayReport(key: GateKey, seconds: number): Promise<void>;
}
