import { NotificationsClient } from '@backstage/plugin-notifications';

type Notification = Awaited<ReturnType<NotificationsClient['getNotification']>>;

const PLUGIN = 'plugin:';

/**
 * Reads notifications with the titles of those who sent them.
 *
 * The page shows who sent a notification as the backend knows it, for example
 * `plugin:security-findings`, and its topic beside it. Here that becomes
 * `Security findings`, and a topic that says the same again is left out.
 */
export class TitledNotificationsClient extends NotificationsClient {
  async getNotifications(
    options?: Parameters<NotificationsClient['getNotifications']>[0],
  ) {
    const response = await super.getNotifications(options);
    return {
      ...response,
      notifications: response.notifications.map(withTitle),
    };
  }

  async getNotification(id: string) {
    return withTitle(await super.getNotification(id));
  }
}

function withTitle(notification: Notification): Notification {
  const { origin, payload } = notification;
  if (!origin.startsWith(PLUGIN)) return notification;
  const pluginId = origin.slice(PLUGIN.length);
  const words = pluginId.replaceAll('-', ' ');
  const topic = payload.topic === pluginId ? undefined : payload.topic;
  return {
    ...notification,
    origin: words.charAt(0).toUpperCase() + words.slice(1),
    payload: { ...payload, topic },
  };
}
