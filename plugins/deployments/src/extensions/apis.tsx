import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import {
  DeploymentsClient,
  RolloutsClient,
} from '@forkyard/plugin-deployments-common';
import { IncidentsClient } from '@forkyard/plugin-incidents-common';
import { alertsApiRef } from '../api/alertsApiRef';
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

export const alertsApi = ApiBlueprint.make({
  name: 'alerts',
  params: define =>
    define({
      api: alertsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new IncidentsClient({ discoveryApi, fetchApi }),
    }),
});
