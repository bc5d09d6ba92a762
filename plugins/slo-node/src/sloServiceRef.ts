import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type BackstageCredentials,
} from '@backstage/backend-plugin-api';
import {
  SloClient,
  type CountsRequest,
  type CountsResponse,
  type EntitySlos,
  type ListAlertsRequest,
  type SloAlert,
  type TrafficRequest,
  type TrafficSeries,
} from '@forkyard/plugin-slo-common';

/**
 * What other backends may ask of slo-backend. Every method throws
 * `ResponseError` when it refuses.
 *
 * @public
 */
export interface SloService {
  /** How the SLOs of an entity stand, and what they ask for. */
  listSlos(
    request: { entityRef: string },
    options: { credentials: BackstageCredentials },
  ): Promise<EntitySlos>;
  /** Newest first; without an entity, those of all entities. */
  listAlerts(
    request: ListAlertsRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<{ items: SloAlert[]; nextCursor?: string }>;
  getTraffic(
    request: TrafficRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<TrafficSeries>;
  /** What each deployment served, with a backend's own credentials only. */
  getCounts(
    request: CountsRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<CountsResponse>;
}

/** @public */
export const sloServiceRef = createServiceRef<SloService>({
  id: 'slo.slo',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { discovery: coreServices.discovery, auth: coreServices.auth },
      factory: ({ discovery, auth }): SloService => {
        const client = new SloClient({ discoveryApi: discovery });
        const tokenFor = (credentials: BackstageCredentials) =>
          auth.getPluginRequestToken({
            onBehalfOf: credentials,
            targetPluginId: 'slo',
          });
        return {
          listSlos: async (request, { credentials }) =>
            client.listSlos(request, await tokenFor(credentials)),
          listAlerts: async (request, { credentials }) =>
            client.listAlerts(request, await tokenFor(credentials)),
          getTraffic: async (request, { credentials }) =>
            client.getTraffic(request, await tokenFor(credentials)),
          getCounts: async (request, { credentials }) =>
            client.getCounts(request, await tokenFor(credentials)),
        };
      },
    }),
});
