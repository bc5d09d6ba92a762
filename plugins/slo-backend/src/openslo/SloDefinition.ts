/**
 * One SLO as its file defines it, checked.
 */
export interface SloDefinition {
  name: string;
  title: string;
  description?: string;
  /** Above 0 and below 1. */
  objective: number;
  windowDays: number;
  /** Path in the repository. */
  runbook?: string;
  indicator: SloIndicatorDefinition;
}

/** What is counted, and where. */
export type SloIndicatorDefinition =
  | { type: 'availability' }
  | { type: 'latency'; thresholdMilliseconds: number }
  | PrometheusIndicator;

/** Two queries; the first counts what is good or what is bad. */
export interface PrometheusIndicator {
  type: 'prometheus';
  counted: 'good' | 'bad';
  countedQuery: string;
  totalQuery: string;
}
