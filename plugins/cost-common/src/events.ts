import type { CostAnomaly } from './types';

/**
 * Topic on which it is told that a day's cost of an entity is unusual, or no
 * longer is since its charges were corrected. At least once each; the truth is
 * `anomalies` of `GET /entities/cost`.
 *
 * @public
 */
export const COST_ANOMALY_TOPIC = 'cost.anomaly';

/** @public */
export interface CostAnomalyEventPayload extends CostAnomaly {
  change: 'found' | 'withdrawn';
  entityRef: string;
  currency: 'USD';
}
