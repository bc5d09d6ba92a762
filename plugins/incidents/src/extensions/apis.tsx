import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { IncidentsClient } from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../api/incidentsApiRef';

export const incidentsApi = ApiBlueprint.make({
  params: define =>
    define({
      api: incidentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new IncidentsClient({ discoveryApi, fetchApi }),
    }),
});
