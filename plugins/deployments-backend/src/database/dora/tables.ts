/** Names of the tables of this room. */
export const COMMITS = 'commits';
export const DELIVERY_FOLDS = 'delivery_folds';
export const DELIVERY_CHANGES = 'delivery_changes';

export interface DbCommitRow {
  sha: string;
  url: string;
  committed_at: Date | null;
  attempts: number;
  due_at: Date | null;
  last_error: string | null;
}

export interface DbDeliveryChangeRow {
  entity_ref: string;
  id: string;
  deployment_id: string;
  at: Date;
  traffic: 'all' | 'part';
  first_of_version: boolean;
  failure_kind: 'rolled-back' | 'aborted' | null;
  recovered_at: Date | null;
  recovery_seconds: number | null;
  recovered_by: string | null;
  repairs: string | null;
}
