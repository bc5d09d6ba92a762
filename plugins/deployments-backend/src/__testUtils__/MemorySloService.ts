import type {
  CountsRequest,
  CountsResponse,
  DeploymentCounts,
  DeploymentTraffic,
  EntitySlos,
  SloAlert,
  TrafficRequest,
  TrafficSeries,
} from '@forkyard/plugin-slo-common';
import type { SloService } from '@forkyard/plugin-slo-node';

/**
 * Tells the counts that a test sets, whatever time is asked for.
 */
export class MemorySloService implements SloService {
  readonly counts = new Map<string, DeploymentCounts>();
  readonly requests: CountsRequest[] = [];
  readonly trafficRequests: TrafficRequest[] = [];
  alerts: SloAlert[] = [];
  traffic: DeploymentTraffic[] = [];
  /** Thrown by every call while it is set. */
  failure?: Error;

  /** Adds requests of a deployment of the memory provider. */
  serve(
    externalId: string,
    served: { requests: number; errors?: number; slow?: number },
  ): void {
    const deploymentId = `memory:${externalId}`;
    const before = this.counts.get(deploymentId);
    this.counts.set(deploymentId, {
      deploymentId,
      requests: (before?.requests ?? 0) + served.requests,
      errors: (before?.errors ?? 0) + (served.errors ?? 0),
      durations: (before?.durations ?? 0) + served.requests,
      slow: (before?.slow ?? 0) + (served.slow ?? 0),
      p95Milliseconds: 100,
    });
  }

  async getCounts(request: CountsRequest): Promise<CountsResponse> {
    this.requests.push(request);
    if (this.failure) throw this.failure;
    return {
      items: [...this.counts.values()].filter(
        ({ deploymentId }) =>
          request.deploymentIds?.includes(deploymentId) ?? true,
      ),
    };
  }

  async listAlerts(): Promise<{ items: SloAlert[] }> {
    if (this.failure) throw this.failure;
    return { items: this.alerts };
  }

  async listSlos({ entityRef }: { entityRef: string }): Promise<EntitySlos> {
    if (this.failure) throw this.failure;
    return { entityRef, items: [], fileProblems: [] };
  }

  async getTraffic(request: TrafficRequest): Promise<TrafficSeries> {
    this.trafficRequests.push(request);
    if (this.failure) throw this.failure;
    return {
      entityRef: request.entityRef,
      environment: 'production',
      from: '2026-11-21T06:00:00Z',
      to: '2026-11-21T12:00:00Z',
      stepMinutes: 2,
      points: [],
      deployments: this.traffic,
    };
  }
}
