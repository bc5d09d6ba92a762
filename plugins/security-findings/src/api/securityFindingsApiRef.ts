import { createApiRef } from '@backstage/frontend-plugin-api';
import type { SecurityFindingsApi } from '@forkyard/plugin-security-findings-common';

/** Reaches security-findings-backend as the signed-in user. @public */
export const securityFindingsApiRef = createApiRef<SecurityFindingsApi>({
  id: 'plugin.security-findings',
});
