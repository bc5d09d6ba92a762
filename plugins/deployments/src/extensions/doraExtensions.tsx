import {
  ApiBlueprint,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { DoraClient } from '@forkyard/plugin-deployments-common';
import { doraApiRef } from '../api/doraApiRef';
import { isDeliveringEntity } from '../presentation/doraScope';

export const doraApi = ApiBlueprint.make({
  name: 'dora',
  params: define =>
    define({
      api: doraApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new DoraClient({ discoveryApi, fetchApi }),
    }),
});

export const doraContent = EntityContentBlueprint.make({
  name: 'dora',
  params: {
    path: '/dora',
    title: 'Delivery performance',
    filter: isDeliveringEntity,
    loader: async () => {
      const { DoraContent } = await import('../components/DoraContent');
      return <DoraContent />;
    },
  },
});
