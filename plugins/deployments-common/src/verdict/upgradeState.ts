import { createMetricTest, type MetricTest } from './metricTest';
import type { VerdictState } from './state';

/**
 * Reads a state that was stored before failures were known to come together.
 * What was counted stays; the evidence begins anew, for it took requests to be
 * independent.
 */
export function upgradeState(state: VerdictState): VerdictState {
  const { errors, latency } = state.tests;
  if (isCurrent(errors) && isCurrent(latency)) return state;
  return {
    ...state,
    tests: { errors: beginAnew(errors), latency: beginAnew(latency) },
  };
}

function isCurrent(test: Partial<MetricTest>): boolean {
  return test.dispersion !== undefined;
}

function beginAnew({ pending, recent, baseline }: MetricTest): MetricTest {
  return { ...createMetricTest({ baseline }), pending, recent };
}
