import type {
  FindingReport,
  FindingSeverity,
  FindingSource,
  FindingState,
  FindingWaiver,
  MergedReport,
} from '@forkyard/plugin-security-findings-common';

/** A finding as it is held; what depends on the clock is not. */
export interface HeldFinding extends MergedReport {
  id: string;
  entityRef: string;
  state: FindingState;
  firstSeenAt: Date;
  lastSeenAt: Date;
  fixedAt?: Date;
  waiver?: FindingWaiver;
}

/** Everything that one source reports of an entity at one look. */
export interface Sighting {
  entityRef: string;
  source: FindingSource;
  /** Empty for everything but uploaded reports. */
  category: string;
  reports: FindingReport[];
  /** Whether the source told everything, so that the rest may be closed. */
  complete: boolean;
  /** Files that were left out; what was found in them stays. */
  unseenPaths?: ReadonlySet<string>;
  /** Whether to believe a sudden drop. */
  confirmed: boolean;
}

/** What a sighting changed. */
export interface SightingOutcome {
  /** Findings that are new, or open again. */
  opened: HeldFinding[];
  /** How many were fixed. */
  fixed: number;
  /** Whether so much less was told than is held that nothing was closed. */
  unconfirmed: boolean;
}

/** Where in the order of a list a page ends. */
export interface FindingsPosition {
  severityRank: number;
  firstSeenAt: Date;
  id: string;
}

/** Which findings to list. */
export interface FindingsFilter {
  entityRef: string;
  states: FindingState[];
  severities?: FindingSeverity[];
  sources?: FindingSource[];
  /** Only those first seen before the cutoff of their severity. */
  overdue?: SeverityCutoffs;
  search?: string;
  after?: FindingsPosition;
  limit: number;
}

/**
 * Times before which an open finding of a severity must have been first seen to
 * be overdue; a severity that is left out never is.
 */
export type SeverityCutoffs = Partial<Record<FindingSeverity, Date>>;

/** Counts of one entity. */
export interface FindingCounts {
  entityRef: string;
  open: Record<FindingSeverity, number>;
  waived: number;
  overdue: number;
}

/**
 * Holds the findings, and what each source says of them.
 */
export interface FindingsStore {
  /**
   * Takes over what a source reports, in one transaction. Looks at one entity
   * are merged one after the other.
   */
  applySighting(sighting: Sighting): Promise<SightingOutcome>;
  list(filter: FindingsFilter): Promise<HeldFinding[]>;
  find(id: string): Promise<HeldFinding | undefined>;
  /**
   * Waives a finding that is not fixed, or gives undefined when there is none.
   */
  waive(
    id: string,
    waiver: { reason: string; by: string; expiresAt: Date },
  ): Promise<HeldFinding | undefined>;
  /** Takes a waiver back, or gives undefined when there is none in force. */
  unwaive(id: string): Promise<HeldFinding | undefined>;
  /** Opens what was waived until now, and gives it. */
  expireWaivers(): Promise<HeldFinding[]>;
  /** Counts findings of the given entities, or of all that have any. */
  count(options: {
    entityRefs?: string[];
    cutoffs: SeverityCutoffs;
  }): Promise<FindingCounts[]>;
  /** Counts what each source reports of an entity as open. */
  countBySource(
    entityRef: string,
  ): Promise<{ source: FindingSource; category: string; open: number }[]>;
}
