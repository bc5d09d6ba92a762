import { createApiRef } from '@backstage/frontend-plugin-api';
import type { RolloutsApi } from '@forkyard/plugin-deployments-common';

/** Reaches the rollouts of deployments-backend as the signed-in user. @public */
export const rolloutsApiRef = createApiRef<RolloutsApi>({
  id: 'plugin.deployments.rollouts',
});
