import {
  coreServices,
  createBackendFeatureLoader,
} from '@backstage/backend-plugin-api';

/**
 * Adds the ways by which notifications leave the portal, each when it is
 * configured: Slack by `notifications.processors.slack`, e-mail by
 * `notifications.processors.email`. Both take what is said for plain text.
 */
export const notificationChannels = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig },
  async *loader({ config }) {
    if (config.has('notifications.processors.slack')) {
      yield import('@backstage/plugin-notifications-backend-module-slack');
      yield import('./slackTexts');
    }
    if (config.has('notifications.processors.email')) {
      yield import('@backstage/plugin-notifications-backend-module-email');
      yield import('./mailTexts');
    }
  },
});
