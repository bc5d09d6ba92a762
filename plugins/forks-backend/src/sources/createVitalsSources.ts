import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { isError, ServiceUnavailableError } from '@backstage/errors';
import type { ApiRequestOptions, ChangePage } from '@forkyard/api-client';
import { CostClient } from '@forkyard/plugin-cost-common';
import type { ForkVitals, ForkVitalsPart } from '@forkyard/plugin-forks-common';
import { IncidentsClient } from '@forkyard/plugin-incidents-common';
import { SecurityFindingsClient } from '@forkyard/plugin-security-findings-common';
import { SloClient } from '@forkyard/plugin-slo-common';
import type { VitalsSource } from './VitalsSource';

type Vitals = NonNullable<ForkVitals[ForkVitalsPart]>;

/** How each plugin's summaries are asked for. */
type ListSummaries<TVitals extends Vitals> = (
  request: { cursor?: string; limit?: number },
  options?: ApiRequestOptions,
) => Promise<ChangePage<{ entityRef: string } & TVitals>>;

/**
 * Makes a source of each plugin that tells how entities are, asked over HTTP in
 * the name of this one.
 */
export function createVitalsSources(options: {
  auth: AuthService;
  discovery: DiscoveryService;
}): VitalsSource[] {
  const { auth, discovery } = options;
  const api = { discoveryApi: discovery };
  const source = <TVitals extends Vitals>(
    part: ForkVitalsPart,
    pluginId: string,
    listSummaries: ListSummaries<TVitals>,
  ): VitalsSource => ({
    part,
    async listChanges(request) {
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: pluginId,
      });
      try {
        const page = await listSummaries(request, { token });
        return {
          ...page,
          items: page.items.map(item => ({
            entityRef: item.entityRef,
            value: withoutRef<TVitals>(item),
          })),
        };
      } catch (error) {
        if (isError(error) && error.statusCode === 404) return undefined;
        throw new ServiceUnavailableError(
          `The plugin '${pluginId}' does not tell how forks are; the portfolio shows what it told last.`,
          error,
        );
      }
    },
  });
  const slo = new SloClient(api);
  const cost = new CostClient(api);
  const findings = new SecurityFindingsClient(api);
  const incidents = new IncidentsClient(api);
  return [
    source('slo', 'slo', (...given) => slo.listSummaries(...given)),
    source('cost', 'cost', (...given) => cost.listSummaries(...given)),
    source('findings', 'security-findings', (...given) =>
      findings.listSummaries(...given),
    ),
    source('alerts', 'incidents', (...given) =>
      incidents.listSummaries(...given),
    ),
  ];
}

function withoutRef<TVitals extends Vitals>(
  item: { entityRef: string } & TVitals,
): TVitals {
  const { entityRef: _, ...vitals } = item;
  // The rest of an intersection is what it was intersected with.
  return vitals as unknown as TVitals;
}
