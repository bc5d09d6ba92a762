import type { ChargeCategory } from '@forkyard/plugin-cost-common';

/** Names of the tables of this plugin. */
export const CHARGES = 'charges';
export const CHARGE_DAYS = 'charge_days';
export const CHARGE_SOURCES = 'charge_sources';
export const PROJECT_ENTITIES = 'project_entities';
export const BUDGETS = 'budgets';
export const COST_SUMMARIES = 'cost_summaries';
export const COST_ANOMALIES = 'cost_anomalies';

/** A charge as it is selected: days and numbers as text. */
export interface DbChargeRow {
  source: string;
  day: string;
  ordinal: number;
  category: ChargeCategory;
  service: string;
  amount: string;
  currency: string;
  project_key: string | null;
  quantity: string | null;
  unit: string | null;
  region: string | null;
  other: Record<string, unknown>;
}

/** A day as it is selected: the day as text. */
export interface DbChargeDayRow {
  source: string;
  day: string;
  charge_count: number;
  content_hash: string;
  told_at: Date;
  checked_at: Date;
  stale_reason: string | null;
  stale_since: Date | null;
}

export interface DbChargeSourceRow {
  source: string;
  last_error: string | null;
  failing_since: Date | null;
  rejected_count: number;
  rejected_examples: { line: number; reason: string }[];
}

/** An unusual day as it is selected: days and numbers as text. */
export interface DbCostAnomalyRow {
  entity_ref: string;
  day: string;
  amount: string;
  usual: string;
  is_withdrawn: boolean;
  told_at: Date | null;
  is_notified: boolean;
}

export interface DbProjectEntityRow {
  project_key: string;
  entity_ref: string;
}

export interface DbBudgetRow {
  entity_ref: string;
  value: string;
}
