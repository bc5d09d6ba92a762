import type { AlertSeverity } from '@forkyard/plugin-incidents-common';

/** Whether the owners are told of a change by itself. */
export type NotificationDecision = 'send' | 'withhold';

/** A change of an alert of which the owners may be told. */
export interface NotificationRequest {
  alertId: string;
  /** Of the claim to tell of the change. */
  leaseId: string;
  entityRef: string;
  change: 'fired' | 'resolved';
  severity: AlertSeverity;
  /** So many notifications of the entity in the last hour leave no room for it. */
  allowance: number;
}

/** What was held back at an entity and is not summed up yet. */
export interface Withheld {
  entityRef: string;
  alerts: number;
  pages: number;
  ends: number;
  /** Whether an hour is over, after which it is summed up. */
  isComplete: boolean;
}

/**
 * Bounds what is sent for each entity in any hour, together for all replicas.
 * All times are the database's.
 */
export interface NotificationLimitsStore {
  /**
   * Decides once for each change of an alert: asked again, as after a failure
   * or a crash, it gives the same and counts nothing twice. Once something newer
   * is to be told of the alert, each time is decided and counted for itself.
   */
  decide(request: NotificationRequest): Promise<NotificationDecision>;
  /**
   * Hands over what was held back at one entity, alone among all replicas for a
   * minute: at once when something (or the first page) is held back, and an hour
   * later, after which it begins anew. It is handed over again a minute later
   * when `tell` gives false, for an hour. Gives false when nothing is due.
   */
  tellNext(tell: (withheld: Withheld) => Promise<boolean>): Promise<boolean>;
}
