import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { SecurityFindingsClient } from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../api/securityFindingsApiRef';

export const securityFindingsApi = ApiBlueprint.make({
  params: define =>
    define({
      api: securityFindingsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new SecurityFindingsClient({ discoveryApi, fetchApi }),
    }),
});
