import type { TimelineEntry } from '@forkyard/plugin-incidents-common';

/** An entry as it is written; the database gives the time and the id. */
export type NewTimelineEntry = Omit<TimelineEntry, 'id' | 'at'>;

/** Holds what happened. Nothing is ever changed or taken out. */
export interface TimelineStore {
  append(entries: NewTimelineEntry[]): Promise<void>;
  /** Appends nothing when there is one of its who, kind, alert and run. */
  appendOnce(entry: NewTimelineEntry): Promise<void>;
  /** Oldest first, the newest 500. */
  list(of: { alertId: string } | { runId: string }): Promise<TimelineEntry[]>;
}
