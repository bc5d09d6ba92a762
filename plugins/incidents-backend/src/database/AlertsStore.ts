import type {
  Alert,
  AlertSeverity,
  AlertSource,
  AlertsSummary,
  AlertState,
} from '@forkyard/plugin-incidents-common';
import type { AlertChange } from './tables';

/** What a source says of one alert. */
export interface AlertObservation {
  source: AlertSource;
  fingerprint: string;
  startsAt: Date;
  /** Undefined while it fires. */
  endsAt?: Date;
  entityRef?: string;
  title: string;
  summary: string;
  severity: AlertSeverity;
  runbook?: string;
  labels: Record<string, string>;
  url?: string;
}

/** Position in a list, newest first. */
export interface AlertPosition {
  startsAt: Date;
  id: string;
}

export interface AlertFilter {
  /** Only of these entities. */
  entityRefs?: string[];
  states?: AlertState[];
  severity?: AlertSeverity;
  unassigned?: boolean;
  after?: AlertPosition;
  limit: number;
}

/** An alert of which others are still to be told. */
export interface Announcement {
  change: AlertChange;
  alert: Alert;
  /** Of the claim to tell of it. */
  leaseId: string;
}

/**
 * Holds alerts, with the part of the timeline that belongs to their changes.
 * All times but those of the sources are the database's.
 */
export interface AlertsStore {
  now(): Promise<Date>;
  /**
   * Takes in what a source said when it was asked at `askedAt`. Repeats change
   * nothing, and neither do answers older than what is held; what is left out
   * stays as it is. Gives the alerts that began to fire or were resolved.
   */
  observe(observations: AlertObservation[], askedAt: Date): Promise<Alert[]>;
  find(id: string): Promise<Alert | undefined>;
  list(filter: AlertFilter): Promise<Alert[]>;
  /** Fingerprints that still fire, as the source said last, in their order. */
  listFiringAtSource(source: AlertSource): Promise<string[]>;
  /** How many alerts of the entity fire at their source. */
  countFiringAtSource(entityRef: string): Promise<number>;
  /** Gives undefined when it does not fire any more. */
  acknowledge(id: string, by: string): Promise<Alert | undefined>;
  /** Gives undefined when it was resolved already. */
  resolve(id: string, by: string, comment: string): Promise<Alert | undefined>;
  /**
   * Hands one alert that is due over to `tell`, alone among all replicas for a
   * minute, in which the alert can change. When `tell` gives false it is told of
   * again, after half a minute and then ever later, for an hour. Gives false
   * when nothing is due.
   */
  announceNext(
    tell: (announcement: Announcement) => Promise<boolean>,
  ): Promise<boolean>;
  /**
   * Of the given entities, or of all at which something fires or did when their
   * summary was written last.
   */
  summarize(entityRefs?: string[]): Promise<AlertsSummary[]>;
}
