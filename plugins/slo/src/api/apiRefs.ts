import { createApiRef } from '@backstage/frontend-plugin-api';
import type { DeploymentsApi } from '@forkyard/plugin-deployments-common';
import type { SloApi } from '@forkyard/plugin-slo-common';

/** Reaches slo-backend as the signed-in user. @public */
export const sloApiRef = createApiRef<SloApi>({ id: 'plugin.slo' });

/**
 * Tells which deployment went live when, for the marks on the charts. Apart
 * from the port of the deployments plugin, which need not be installed.
 *
 * @public
 */
export const deploymentHistoryApiRef = createApiRef<
  Pick<DeploymentsApi, 'listDeployments'>
>({ id: 'plugin.slo.deployment-history' });
