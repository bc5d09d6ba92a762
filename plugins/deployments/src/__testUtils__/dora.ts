import type {
  DeliveryChange,
  DoraBucket,
  DoraMetric,
  DoraMetricName,
  DoraReport,
} from '@forkyard/plugin-deployments-common';
import { entityRef } from './deployments';

const DAY_MS = 86_400_000;

function metric(
  name: DoraMetricName,
  unit: DoraMetric['unit'],
  figures: Partial<DoraMetric>,
): DoraMetric {
  return {
    metric: name,
    unit,
    cases: 0,
    unknown: 0,
    previous: { cases: 0, unknown: 0 },
    ...figures,
  };
}

/** Twelve deployments in thirty days, of which two failed. */
export function createMetrics(): DoraMetric[] {
  return [
    metric('deployment-frequency', 'per-week', {
      value: 2.8,
      cases: 12,
      previous: { value: 1.4, cases: 6, unknown: 0 },
    }),
    metric('change-lead-time', 'seconds', {
      value: 5_400,
      cases: 9,
      unknown: 2,
      previous: { value: 3_600, cases: 6, unknown: 0 },
    }),
    metric('change-fail-rate', 'ratio', {
      value: 2 / 12,
      cases: 12,
      count: 2,
      previous: { value: 1 / 6, cases: 6, count: 1, unknown: 0 },
    }),
    metric('failed-deployment-recovery-time', 'seconds', {
      value: 42,
      cases: 2,
    }),
    metric('rework-rate', 'ratio', {
      value: 1 / 12,
      cases: 12,
      count: 1,
      previous: { value: 2 / 6, cases: 6, count: 2, unknown: 0 },
    }),
  ];
}

/** A report that was made just now. */
export function createDoraReport(
  overrides: Partial<DoraReport> = {},
): DoraReport {
  const now = Date.now();
  const days = overrides.days ?? 30;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const from = today - (days - 1) * DAY_MS;
  const bucketDays = days > 30 ? 7 : 1;
  const count = Math.ceil(days / bucketDays);
  return {
    scope: { entityRef },
    days,
    from: new Date(from).toISOString(),
    to: new Date(now).toISOString(),
    entities: 1,
    knownSince: new Date(now - 200 * DAY_MS).toISOString(),
    asOf: new Date(now - 20_000).toISOString(),
    metrics: createMetrics(),
    bucketDays,
    buckets: Array.from({ length: count }, (_, index): DoraBucket => {
      const deployments = (index * 7) % 4;
      return {
        day: new Date(from + index * bucketDays * DAY_MS)
          .toISOString()
          .slice(0, 10),
        deployments,
        failed: deployments === 3 && index % 2 ? 1 : 0,
        leadTimeSeconds: deployments ? 1_800 * (1 + (index % 5)) : undefined,
      };
    }),
    ...overrides,
  };
}

/** A deployment that was kept and took an hour, unless told otherwise. */
export function createChange(
  overrides: Partial<DeliveryChange> & { id: string },
): DeliveryChange {
  return {
    entityRef,
    deploymentId: `vercel:${overrides.id}`,
    commit: {
      sha: '3f2c1a9000000000000000000000000000000000',
      message: 'Fix token refund',
    },
    at: new Date(Date.now() - 3_600_000).toISOString(),
    traffic: 'all',
    leadTime: 'known',
    leadTimeSeconds: 3_600,
    ...overrides,
  };
}

export const failedChange = createChange({
  id: 'bad',
  commit: {
    sha: 'bad0bad000000000000000000000000000000000',
    message: 'Break the cart',
  },
  leadTime: 'unknown',
  leadTimeSeconds: undefined,
  failure: {
    kind: 'rolled-back',
    recoveredAt: new Date(Date.now() - 3_000_000).toISOString(),
    recoverySeconds: 42,
  },
});

export const abortedChange = createChange({
  id: 'canary',
  commit: undefined,
  traffic: 'part',
  leadTime: 'repeated',
  leadTimeSeconds: undefined,
  repairs: 'bad',
  failure: {
    kind: 'aborted',
    recoveredAt: new Date(Date.now() - 2_000_000).toISOString(),
    recoverySeconds: 90,
  },
});
