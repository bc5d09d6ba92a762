import type {
  RunbookRun,
  RunbookRunState,
  RunbookRunStep,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type { NewTimelineEntry } from './TimelineStore';

/** A run as it begins. */
export interface NewRun {
  entityRef: string;
  runbookPath: string;
  runbookTitle: string;
  runbookHash: string;
  runbookSha?: string;
  alertId?: string;
  startedBy: string;
  /** The steps before this one are skipped. */
  fromStep: number;
  steps: { title: string; spec: RunbookStepSpec }[];
}

/** A step with what only the server needs to know. */
export interface HeldStep extends RunbookRunStep {
  /** Whether the answer of its call is known. */
  called: boolean;
}

export interface HeldRun extends RunbookRun {
  steps: HeldStep[];
}

/** A run on which this process alone may work for a while. */
export interface ClaimedRun extends HeldRun {
  /** New at every claim, so that a worker that comes too late is noticed. */
  leaseId: string;
}

/** What is written of a claimed run, all or nothing. */
export interface RunChange {
  id: string;
  leaseId: string;
  step?: {
    index: number;
    state?: RunbookRunStep['state'];
    by?: string;
    output?: RunbookRunStep['output'];
    called?: boolean;
    error?: string;
  };
  /** A final state ends the run, and cancels the steps that are left. */
  state?: RunbookRunState;
  /**
   * Ends the claim: in how many seconds the run is due again, `never` when
   * nothing goes on by itself. Absent keeps it.
   */
  release?: { dueInSeconds: number | 'never' };
  timeline?: Omit<NewTimelineEntry, 'runId' | 'alertId'>[];
}

export interface RunFilter {
  entityRef: string;
  alertId?: string;
  runbookPath?: string;
  states?: RunbookRunState[];
  after?: { startedAt: Date; id: string };
  limit: number;
}

/** Holds runs and their steps. All times are the database's. */
export interface RunsStore {
  now(): Promise<Date>;
  /** Throws `ConflictError` when 5 runs of the entity have not ended. */
  insert(run: NewRun): Promise<HeldRun>;
  find(id: string): Promise<HeldRun | undefined>;
  list(filter: RunFilter): Promise<HeldRun[]>;
  /**
   * Claims a run that is due. Two processes never claim the same one, and a
   * claim that is not released ends after `leaseSeconds`.
   */
  claimDue(options: { leaseSeconds: number }): Promise<ClaimedRun | undefined>;
  /**
   * Claims a run for the person who goes on with a step that waits, and sets
   * the step running. Undefined when it does not wait (any more).
   */
  claimWaiting(options: {
    id: string;
    stepIndex: number;
    by: string;
    leaseSeconds: number;
  }): Promise<ClaimedRun | undefined>;
  /** False when the claim was lost, in which case nothing is changed. */
  save(change: RunChange): Promise<boolean>;
  /** Ends a run and every claim on it; undefined when it had ended. */
  cancel(id: string, by: string): Promise<HeldRun | undefined>;
}
