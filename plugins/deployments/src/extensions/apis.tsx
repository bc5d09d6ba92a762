import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import {
  DeploymentsClient,
  RolloutsClient,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { rolloutsApiRef } from '../api/rolloutsApiRef';

export const deploymentsApi = ApiBlueprint.make({
  params: define =>
    define({
      api: deploymentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new DeploymentsClient({ discoveryApi, fetchApi }),
    }),
});

export const rolloutsApi = ApiBlueprint.make({
  name: 'rollouts',
  params: define =>
    define({
      api: rolloutsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new RolloutsClient({ discoveryApi, fetchApi }),
    }),
});
