import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { DeploymentsClient } from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';

export const deploymentsApi = ApiBlueprint.make({
  params: define =>
    define({
      api: deploymentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new DeploymentsClient({ discoveryApi, fetchApi }),
    }),
});
