import { createApiRef } from '@backstage/frontend-plugin-api';
import type { CostApi } from '@forkyard/plugin-cost-common';

/** Reaches cost-backend as the signed-in user. @public */
export const costApiRef = createApiRef<CostApi>({ id: 'plugin.cost' });
