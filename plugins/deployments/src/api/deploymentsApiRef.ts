import { createApiRef } from '@backstage/frontend-plugin-api';
import type { DeploymentsApi } from '@forkyard/plugin-deployments-common';

/** Reaches deployments-backend as the signed-in user. @public */
export const deploymentsApiRef = createApiRef<DeploymentsApi>({
  id: 'plugin.deployments',
});
