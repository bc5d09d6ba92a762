import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  notificationsSlackBlockKitExtensionPoint,
  type SlackBlockKitRenderer,
} from '@backstage/plugin-notifications-backend-module-slack';
import {
  notificationsProcessingExtensionPoint,
  type NotificationProcessor,
} from '@backstage/plugin-notifications-node';

/** Slack refuses longer ones. */
const MOST_CHARACTERS = 3000;

/**
 * Writes messages as Backstage's module does, but takes the text for text: what
 * commits, builds, scanners and alerts say calls no channel, and hides no link
 * behind other words.
 */
export const renderSlackBlocks: SlackBlockKitRenderer = ({
  description,
  link,
  severity,
  topic,
}) => {
  const plain = (text: string) =>
    ({
      type: 'plain_text',
      text: text.slice(0, MOST_CHARACTERS),
      emoji: false,
    }) as const;
  return [
    {
      type: 'section',
      text: plain(description || 'No description provided'),
      ...(link && {
        accessory: {
          type: 'button',
          text: plain('View More'),
          url: link,
          action_id: 'button-action',
        },
      }),
    },
    {
      type: 'context',
      elements: [
        plain(`Severity: ${severity ?? 'normal'}`),
        plain(`Topic: ${topic ?? 'N/A'}`),
      ],
    },
  ];
};

/**
 * What Slack takes for the beginning or the end of markup, see
 * https://docs.slack.dev/messaging/formatting-message-text/#escaping.
 */
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};
const CHARACTERS: Record<string, string> = Object.fromEntries(
  Object.entries(ENTITIES).map(([character, entity]) => [entity, character]),
);

/**
 * Escapes titles for Slack, where Backstage's module sends them as markup that
 * no renderer sees.
 *
 * The options of a notification are what that module sends, in both of the ways
 * it has; what each recipient gets from them in the inbox and by mail has the
 * title as it was.
 */
const slackTitles: NotificationProcessor = {
  getName: () => 'Slack titles',
  async processOptions(options) {
    const { payload } = options;
    const title = payload.title.replace(/[&<>]/g, found => ENTITIES[found]);
    return { ...options, payload: { ...payload, title } };
  },
  async preProcess(notification) {
    const { payload } = notification;
    const title = payload.title.replace(
      /&(?:amp|lt|gt);/g,
      found => CHARACTERS[found],
    );
    return { ...notification, payload: { ...payload, title } };
  },
};

/**
 * Has messages written by {@link renderSlackBlocks}, and titles escaped.
 *
 * Who extends a module is started before it, so that the titles are escaped
 * when the module for Slack gets them.
 */
export default createBackendModule({
  pluginId: 'notifications',
  moduleId: 'slack-texts',
  register(env) {
    env.registerInit({
      deps: {
        messages: notificationsSlackBlockKitExtensionPoint,
        notifications: notificationsProcessingExtensionPoint,
      },
      async init({ messages, notifications }) {
        messages.setBlockKitRenderer(renderSlackBlocks);
        notifications.addProcessor(slackTitles);
      },
    });
  },
});
