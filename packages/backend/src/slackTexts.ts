import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  notificationsSlackBlockKitExtensionPoint,
  type SlackBlockKitRenderer,
} from '@backstage/plugin-notifications-backend-module-slack';

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

/** Has messages written by {@link renderSlackBlocks}. */
export default createBackendModule({
  pluginId: 'notifications',
  moduleId: 'slack-texts',
  register(env) {
    env.registerInit({
      deps: { messages: notificationsSlackBlockKitExtensionPoint },
      async init({ messages }) {
        messages.setBlockKitRenderer(renderSlackBlocks);
      },
    });
  },
});
