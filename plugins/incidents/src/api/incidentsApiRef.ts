import { createApiRef } from '@backstage/frontend-plugin-api';
import type { IncidentsApi } from '@forkyard/plugin-incidents-common';

/** Reaches incidents-backend as the signed-in user. @public */
export const incidentsApiRef = createApiRef<IncidentsApi>({
  id: 'plugin.incidents',
});
