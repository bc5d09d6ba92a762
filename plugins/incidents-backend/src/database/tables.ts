import type {
  AlertSeverity,
  AlertSource,
  AlertState,
  RunbookRunState,
  RunbookRunStepState,
  RunbookStepOutput,
  RunbookStepSpec,
  RunbookStepType,
  TimelineEntryKind,
} from '@forkyard/plugin-incidents-common';

import type { NotificationDecision } from './NotificationLimitsStore';

/** Names of the tables of this plugin. */
export const ALERTS = 'alerts';
export const RUNS = 'runbook_runs';
export const RUN_STEPS = 'runbook_run_steps';
export const TIMELINE = 'timeline_entries';
export const RUNBOOK_FOLDERS = 'runbook_folders';
export const ALERT_SUMMARIES = 'alert_summaries';
export const NOTIFICATION_LIMITS = 'notification_limits';

/** What others are told of an alert. */
export type AlertChange = 'fired' | 'acknowledged' | 'resolved';

export interface DbAlertRow {
  id: string;
  entity_ref: string | null;
  source: AlertSource;
  fingerprint: string;
  title: string;
  summary: string;
  severity: AlertSeverity;
  state: AlertState;
  firing_at_source: boolean;
  observed_at: Date;
  starts_at: Date;
  ends_at: Date | null;
  acknowledged_by: string | null;
  acknowledged_at: Date | null;
  resolved_by: string | null;
  runbook: string | null;
  labels: Record<string, string>;
  url: string | null;
  updated_at: Date;
  announce_change: AlertChange | null;
  announce_due_at: Date | null;
  announce_lease_id: string | null;
  announce_decision: NotificationDecision | null;
}

export interface DbRunRow {
  id: string;
  entity_ref: string;
  runbook_path: string;
  runbook_title: string;
  runbook_hash: string;
  runbook_sha: string | null;
  alert_id: string | null;
  state: RunbookRunState;
  started_by: string;
  started_at: Date;
  ended_at: Date | null;
  due_at: Date | null;
  lease_id: string | null;
}

export interface DbRunStepRow {
  run_id: string;
  index: number;
  type: RunbookStepType;
  title: string;
  state: RunbookRunStepState;
  started_at: Date | null;
  ended_at: Date | null;
  by: string | null;
  input: RunbookStepSpec;
  output: RunbookStepOutput;
  called: boolean;
  error: string | null;
}

export interface DbTimelineRow {
  id: string;
  at: Date;
  who: string;
  kind: TimelineEntryKind;
  text: string;
  alert_id: string | null;
  run_id: string | null;
  step_index: number | null;
}

export interface DbRunbookFolderRow {
  entity_ref: string;
  location: string;
  folder: string;
  etag: string | null;
  files: { path: string; markdown: string }[];
  left_out: string[];
  read_at: Date | null;
  tried_at: Date;
  last_error: string | null;
}

export interface DbNotificationLimitRow {
  entity_ref: string;
  sent_at: Date[];
  more_alerts: number;
  more_pages: number;
  more_ends: number;
  since: Date | null;
  due_at: Date | null;
  lease_id: string | null;
}
