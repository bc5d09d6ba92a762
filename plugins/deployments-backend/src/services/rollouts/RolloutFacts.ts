import type {
  DeploymentCommit,
  RolloutGate,
  Verdict,
} from '@forkyard/plugin-deployments-common';
import type { RolloutChange } from '../../database/rollouts/RolloutStore';

/** Whether a version can serve: `gone` is deleted at the provider. */
export type VersionState = 'ready' | 'unfinished' | 'failed' | 'gone';

/** Traffic that the provider splits now, with our ids. */
export interface TrafficSplit {
  canaryDeploymentId: string;
  state: 'active' | 'complete' | 'aborted';
  stageIndex: number;
  percent: number;
}

/**
 * What is known of the world when the next step of a rollout is decided.
 */
export interface RolloutFacts {
  now: Date;
  candidate: VersionState;
  /** Absent when nothing served before. */
  stable?: VersionState;
  /** What the environment serves, beside a split. */
  live?: {
    deploymentId: string;
    isNewer: boolean;
    commit?: DeploymentCommit;
  };
  /**
   * Set when the new version has all traffic before its rollout gave it any, and
   * what served before can serve again.
   */
  takeover?: {
    stableDeploymentId: string;
    stableCommit?: DeploymentCommit;
    /** ISO 8601. */
    since: string;
  };
  split?: TrafficSplit;
  /** Whether the provider can split traffic at all. */
  canSplit: boolean;
  gates: RolloutGate[];
  /** Another rollout that is past the queue in the same environment. */
  activeRolloutId?: string;
  /** A rollout of a version that was created later. */
  newerRolloutId?: string;
  /** Of this step; absent while there is no traffic to judge. */
  verdict?: Verdict;
  /** Why the requests could not be counted, when they could not. */
  countsProblem?: string;
  /** Where the traffic goes back to; absent when nothing else can serve. */
  fallbackDeploymentId?: string;
  /** SLO alerts that began to fire after all traffic had moved. */
  alerts: string[];
  /** What was measured, to be stored with whatever is decided. */
  measured: RolloutChange;
}

/** How traffic is to be moved. */
export type TrafficMove =
  | { how: 'start-canary' }
  | { how: 'advance-canary'; stageIndex: number }
  | { how: 'complete-canary' }
  | { how: 'abort-canary' }
  | { how: 'promote' }
  | { how: 'rollback'; toDeploymentId: string };

/**
 * What is to be done next. `wait` changes nothing but the reason; `move` asks
 * the provider, and is repeated until the facts show that the traffic moved;
 * `go` changes the rollout, with a transition.
 */
export type RolloutStep =
  | { kind: 'wait'; reason: string; isHeld: boolean }
  | { kind: 'move'; move: TrafficMove; reason: string }
  | {
      kind: 'go';
      reason: string;
      change: RolloutChange & { state: NonNullable<RolloutChange['state']> };
      actor?: string;
      comment?: string;
    };

/** Limits that the configuration sets. */
export interface RolloutLimits {
  /** Traffic that has not moved after this long is sent back. */
  moveMinutes: number;
}
