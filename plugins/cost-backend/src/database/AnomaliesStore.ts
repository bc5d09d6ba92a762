import type { CostAnomaly } from '@forkyard/plugin-cost-common';

/** A day of an entity that cost unusually much. */
export interface EntityAnomaly extends CostAnomaly {
  entityRef: string;
}

/** What others are yet to be told. */
export interface UntoldAnomaly extends EntityAnomaly {
  change: 'found' | 'withdrawn';
  /** Whether the owners heard of it. */
  isNotified: boolean;
  /** Whether the day before it was unusual as well. */
  goesOn: boolean;
}

/** Holds the days that cost unusually much, and who knows of them. */
export interface AnomaliesStore {
  /**
   * Makes the given ones those of the entities within the range. What others
   * were told and is none any more is to be told once more.
   */
  replaceAnomalies(options: {
    entityRefs: string[];
    from: string;
    to: string;
    anomalies: EntityAnomaly[];
  }): Promise<void>;
  /** Those of a range, both ends included, newest first. */
  listAnomalies(
    entityRef: string,
    range: { from: string; to: string },
  ): Promise<CostAnomaly[]>;
  /** Oldest first. */
  listUntold(limit: number): Promise<UntoldAnomaly[]>;
  /** Keeps that one was told, as it was then. */
  markTold(
    told: UntoldAnomaly,
    options: { isNotified: boolean },
  ): Promise<void>;
}
