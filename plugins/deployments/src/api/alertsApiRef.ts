import { createApiRef } from '@backstage/frontend-plugin-api';
import type { IncidentsApi } from '@forkyard/plugin-incidents-common';

/** Tells which alerts fire, as the signed-in user sees them. */
export const alertsApiRef = createApiRef<Pick<IncidentsApi, 'listAlerts'>>({
  id: 'plugin.deployments.alerts',
});
