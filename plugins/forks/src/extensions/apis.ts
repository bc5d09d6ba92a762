import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { ForksClient } from '@forkyard/plugin-forks-common';
import { forksApiRef } from '../api/forksApiRef';

/** Extension id: `api:forks`. */
export const forksApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: forksApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new ForksClient({ discoveryApi, fetchApi }),
    }),
});
