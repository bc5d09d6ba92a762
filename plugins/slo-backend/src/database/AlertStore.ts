import type { SloAlert } from '@forkyard/plugin-slo-common';

/** An alert that begins to fire. */
export interface NewAlert extends Omit<SloAlert, 'id' | 'state' | 'endsAt'> {
  /** What it is about; while one of a key fires, no other of it begins. */
  key: string;
}

/** An alert that fires, by what it is about. */
export interface FiringAlert {
  key: string;
  entityRef: string;
  /** Name of the SLO or of the rule. */
  slo: string;
}

/**
 * Holds the alerts. Changes are compare-and-set: whoever comes second changes
 * nothing and is told so.
 */
export interface AlertStore {
  /** Gives those that began; the others fired already. */
  open(alerts: NewAlert[]): Promise<SloAlert[]>;
  /** Gives those that ended; the others had ended already. */
  resolve(keys: string[], endsAt: Date): Promise<SloAlert[]>;
  listFiring(source: SloAlert['source']): Promise<FiringAlert[]>;
  /** Newest first. */
  list(request: {
    entityRef?: string;
    state?: SloAlert['state'];
    ids?: string[];
    after?: { startsAt: string; id: string };
    limit: number;
  }): Promise<SloAlert[]>;
  /** Forgets alerts that ended before then. */
  deleteEndedBefore(time: Date): Promise<number>;
}
