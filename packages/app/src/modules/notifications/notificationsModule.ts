import {
  ApiBlueprint,
  createFrontendModule,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { notificationsApiRef } from '@backstage/plugin-notifications';
import { TitledNotificationsClient } from './TitledNotificationsClient';

/** Takes the place of the client that Backstage's plugin brings. */
const notificationsApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: notificationsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new TitledNotificationsClient(deps),
    }),
});

export const notificationsModule = createFrontendModule({
  pluginId: 'notifications',
  extensions: [notificationsApi],
});
