import { createApiRef } from '@backstage/frontend-plugin-api';
import type { ForksApi } from '@forkyard/plugin-forks-common';

/**
 * The REST API of forks-backend, as the browser reaches it.
 *
 * @public
 */
export const forksApiRef = createApiRef<ForksApi>().with({
  id: 'plugin.forks.api',
  pluginId: 'forks',
});
