import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { DeploymentsClient } from '@forkyard/plugin-deployments-common';
import { SloClient } from '@forkyard/plugin-slo-common';
import { deploymentHistoryApiRef, sloApiRef } from '../api/apiRefs';

const deps = { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef };

export const sloApi = ApiBlueprint.make({
  params: define =>
    define({
      api: sloApiRef,
      deps,
      factory: ({ discoveryApi, fetchApi }) =>
        new SloClient({ discoveryApi, fetchApi }),
    }),
});

export const deploymentHistoryApi = ApiBlueprint.make({
  name: 'deployment-history',
  params: define =>
    define({
      api: deploymentHistoryApiRef,
      deps,
      factory: ({ discoveryApi, fetchApi }) =>
        new DeploymentsClient({ discoveryApi, fetchApi }),
    }),
});
