import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  notificationsEmailTemplateExtensionPoint,
  type NotificationTemplateRenderer,
} from '@backstage/plugin-notifications-backend-module-email';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Writes mails as Backstage's module does, but takes the text for text: it
 * quotes commits, builds, scanners and alerts, and the module would send their
 * HTML as it is.
 */
export function createMailRenderer(
  appBaseUrl: string,
): NotificationTemplateRenderer {
  type Notification = Parameters<
    NonNullable<NotificationTemplateRenderer['getText']>
  >[0];
  const partsOf = ({ payload }: Notification) => ({
    text: payload.description ?? '',
    link: resolveLink(payload.link, appBaseUrl),
  });
  return {
    async getText(notification) {
      const { text, link } = partsOf(notification);
      return [text, link].filter(Boolean).join('\n\n');
    },
    async getHtml(notification) {
      const { text, link } = partsOf(notification);
      const href = escapeHtml(link);
      const parts = [escapeHtml(text), `<a href="${href}">${href}</a>`];
      return `<p>${parts.filter(Boolean).join('<br/>')}</p>`;
    },
  };
}

/** A page of the portal, or one elsewhere that a browser may open. */
function resolveLink(link: string | undefined, appBaseUrl: string): string {
  const base = appBaseUrl.replace(/\/$/, '');
  if (link && /^https?:\/\//i.test(link)) return link;
  return link?.startsWith('/') ? `${base}${link}` : `${base}/notifications`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character]);
}

/** Has mails written by {@link createMailRenderer}. */
export default createBackendModule({
  pluginId: 'notifications',
  moduleId: 'mail-texts',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        mails: notificationsEmailTemplateExtensionPoint,
      },
      async init({ config, mails }) {
        mails.setTemplateRenderer(
          createMailRenderer(config.getString('app.baseUrl')),
        );
      },
    });
  },
});
