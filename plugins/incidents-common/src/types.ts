/** Who told of an alert. @public */
export type AlertSource = 'slo' | 'prometheus' | 'alertmanager';

/** Whether an alert wakes somebody or waits for the morning. @public */
export type AlertSeverity = 'page' | 'ticket';

/**
 * `firing` until somebody acknowledges it; `resolved` when its source says so
 * or a person does.
 *
 * @public
 */
export type AlertState = 'firing' | 'acknowledged' | 'resolved';

/**
 * Something that is wrong with an entity, from when it began until it was over.
 *
 * @public
 */
export interface Alert {
  id: string;
  /** Absent while nobody knows to which entity it belongs. */
  entityRef?: string;
  source: AlertSource;
  /** The source's own name of it; the same whenever the same thing goes wrong. */
  fingerprint: string;
  title: string;
  /** What is wrong, as a sentence; may be empty. */
  summary: string;
  severity: AlertSeverity;
  state: AlertState;
  /**
   * Whether the source says that it still fires, which it may do after a person
   * resolved it.
   */
  firingAtSource: boolean;
  startsAt: string;
  /** When it was resolved; absent before. */
  endsAt?: string;
  /** Entity ref of the user. */
  acknowledgedBy?: string;
  acknowledgedAt?: string;
  /** Entity ref of the user; absent when its source resolved it. */
  resolvedBy?: string;
  /** Path in the repository, for example `runbooks/high-error-rate.md`. */
  runbook?: string;
  labels: Record<string, string>;
  /** Page of the alert at its source. */
  url?: string;
  updatedAt: string;
}

/** One thing that happened to an alert or in a run. @public */
export interface TimelineEntry {
  /** Increases with time. */
  id: string;
  at: string;
  /** Entity ref of a user, or the name of a source such as `slo`. */
  who: string;
  kind: TimelineEntryKind;
  /** What happened, as a sentence. */
  text: string;
  alertId?: string;
  runId?: string;
  /** Which step of the run, counted from 0. */
  stepIndex?: number;
}

/** @public */
export type TimelineEntryKind =
  | 'alert-fired'
  | 'alert-acknowledged'
  | 'alert-resolved'
  | 'run-started'
  | 'run-ended'
  | 'run-canceled'
  | 'step-started'
  | 'step-waiting'
  | 'step-succeeded'
  | 'step-failed'
  | 'step-denied';

/** An alert with all that happened to it and in its runs, oldest first. @public */
export interface AlertDetails extends Alert {
  timeline: TimelineEntry[];
}

/** @public */
export interface ListAlertsRequest {
  entityRef?: string;
  /** Entity refs of users and groups; alerts of what one of them owns. */
  owners?: string[];
  states?: AlertState[];
  severity?: AlertSeverity;
  /** Only those of no known entity. */
  unassigned?: boolean;
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/**
 * What fires at an entity, for the portfolio.
 *
 * @public
 */
export interface AlertsSummary {
  entityRef: string;
  /** Alerts that are not resolved, acknowledged ones included. */
  firing: number;
  highestSeverity?: AlertSeverity;
  /** Beginning of the oldest of them; absent when nothing fires. */
  since?: string;
}
