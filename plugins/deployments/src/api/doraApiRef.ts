import { createApiRef } from '@backstage/frontend-plugin-api';
import type { DoraApi } from '@forkyard/plugin-deployments-common';

/** Reaches what deployments-backend knows of delivery, as the signed-in user. @public */
export const doraApiRef = createApiRef<DoraApi>({
  id: 'plugin.deployments.dora',
});
