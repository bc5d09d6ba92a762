import type {
  DoraApi,
  GetDoraReportRequest,
  ListDeliveryChangesRequest,
} from '@forkyard/plugin-deployments-common';
import {
  abortedChange,
  createChange,
  createDoraReport,
  failedChange,
} from '../src/__testUtils__/dora';

/** Deliveries in memory; `new` knows little, `empty` nothing, `broken` does not answer. */
export class MemoryDoraApi implements DoraApi {
  async getDoraReport(request: GetDoraReportRequest) {
    const { days = 30, ...scope } = request;
    const name = nameOf(request);
    if (name === 'broken') throw new Error('The database does not answer');
    const report = createDoraReport({
      days,
      scope,
      entities: scope.entityRef ? 1 : 4,
    });
    if (name === 'empty') return { ...report, entities: 0 };
    if (name !== 'new') return report;
    return {
      ...report,
      knownSince: new Date(Date.now() - 7_200_000).toISOString(),
      metrics: report.metrics.map(metric => ({
        ...metric,
        value: undefined,
        cases: 0,
        count: 0,
        unknown: metric.metric === 'change-lead-time' ? 2 : 0,
        previous: { cases: 0, unknown: 0 },
      })),
      buckets: report.buckets.map(({ day }) => ({ day })),
    };
  }

  async listDeliveryChanges(request: ListDeliveryChangesRequest) {
    if (nameOf(request) === 'new') return { items: [] };
    const kept = Array.from({ length: 8 }, (_, index) =>
      createChange({
        id: `live:${index}`,
        at: new Date(Date.now() - index * 50_000_000).toISOString(),
        leadTimeSeconds: 1_800 * (index + 1),
      }),
    );
    const failed = [abortedChange, failedChange];
    return {
      items:
        request.metric === 'change-fail-rate' ? failed : [...failed, ...kept],
    };
  }
}

function nameOf({ entityRef, ownerRef, systemRef }: GetDoraReportRequest) {
  return (entityRef ?? ownerRef ?? systemRef)?.split('/')[1];
}
