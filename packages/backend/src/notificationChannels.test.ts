import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import notificationsPlugin from '@backstage/plugin-notifications-backend';
import slackModule from '@backstage/plugin-notifications-backend-module-slack';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { createMailRenderer } from './mailTexts';
import slackTexts, { renderSlackBlocks } from './slackTexts';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const description =
  'Rejected: <a href="https://evil.test">Sign in</a> <img src=x> & more';

describe('texts of notifications', () => {
  const mailOf = (payload: { description?: string; link?: string }) => {
    const renderer = createMailRenderer('https://portal.test/');
    const notification = {
      id: '1',
      user: 'user:default/ana',
      created: new Date(0),
      origin: 'plugin:deployments',
      payload: { title: 'Failed', ...payload },
    };
    return Promise.all([
      renderer.getHtml?.(notification),
      renderer.getText?.(notification),
    ]);
  };

  it('stand in mails as they are, without becoming HTML', async () => {
    const link = '/catalog/default/component/shop?a=1&b=2';
    expect(await mailOf({ description, link })).toEqual([
      '<p>Rejected: &lt;a href=&quot;https://evil.test&quot;&gt;Sign in&lt;/a&gt; &lt;img src=x&gt; &amp; more<br/><a href="https://portal.test/catalog/default/component/shop?a=1&amp;b=2">https://portal.test/catalog/default/component/shop?a=1&amp;b=2</a></p>',
      `${description}\n\nhttps://portal.test${link}`,
    ]);
  });

  it.each([
    [undefined, 'https://portal.test/notifications'],
    ['data:text/html,x', 'https://portal.test/notifications'],
    ['https://elsewhere.test/"x', 'https://elsewhere.test/&quot;x'],
  ])('lead from mails with the link %s to %s', async (link, href) => {
    const [html] = await mailOf({ link });
    expect(html).toBe(`<p><a href="${href}">${href}</a></p>`);
  });

  it('stand in Slack as plain text, which calls nobody, and bounded', () => {
    const text = '<!channel> <https://evil.test|Sign in>';
    const blocks = renderSlackBlocks({ title: 'Failed', description: text });
    expect(blocks[0]).toEqual({
      type: 'section',
      text: { type: 'plain_text', text, emoji: false },
    });
    const [long] = renderSlackBlocks({
      title: 'Failed',
      description: 'x'.repeat(4000),
      link: 'https://portal.test/page',
    });
    expect(long).toMatchObject({
      text: { text: 'x'.repeat(3000) },
      accessory: { type: 'button', url: 'https://portal.test/page' },
    });
  });
});

describe('titles of notifications', () => {
  const posts: { channel: string | null; texts: unknown[] }[] = [];
  const slack = setupServer(
    http.post('https://slack.com/api/:method', async ({ request }) => {
      const form = new URLSearchParams(await request.text());
      const [{ fallback }] = JSON.parse(form.get('attachments') ?? '[{}]');
      const texts = [form.get('text'), fallback];
      posts.push({ channel: form.get('channel'), texts });
      return HttpResponse.json({ ok: true, ts: '1764000000.000100' });
    }),
  );

  beforeAll(() => slack.listen({ onUnhandledRequest: 'bypass' }));
  afterAll(() => slack.close());

  async function startNotifications() {
    const entity = (kind: string, name: string, channel: string) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind,
      metadata: {
        name,
        namespace: 'default',
        annotations: { 'slack.com/bot-notify': channel },
      },
    });
    const { server } = await startTestBackend({
      features: [
        notificationsPlugin,
        slackModule,
        slackTexts,
        mockServices.database.factory({
          knex: await databases.init('POSTGRES_18'),
        }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'https://portal.test' },
            notifications: { processors: { slack: [{ token: 'xoxb-test' }] } },
          },
        }),
        catalogServiceMock.factory({
          entities: [
            entity('Component', 'shop', 'C0SHOP'),
            entity('User', 'mock', 'U0MOCK'),
          ],
        }),
      ],
    });
    return async (authorization: string, body?: object) => {
      const response = await fetch(
        `http://127.0.0.1:${server.port()}/api/notifications`,
        {
          method: body ? 'POST' : 'GET',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
      );
      return response.json();
    };
  }

  it('are no markup in Slack, neither in channels nor for people, and in the inbox as they were', async () => {
    const call = await startNotifications();
    const title = 'Failed: <!channel> &lt;b> R&D <https://evil.test|Sign in>';
    await call(mockCredentials.service.header(), {
      recipients: {
        type: 'entity',
        entityRef: ['component:default/shop', 'user:default/mock'],
      },
      payload: { title },
    });
    const inbox = await call(mockCredentials.user.header());
    expect(inbox.notifications).toMatchObject([{ payload: { title } }]);
    while (posts.length < 2) await new Promise(setImmediate);
    const text =
      'Failed: &lt;!channel&gt; &amp;lt;b&gt; R&amp;D &lt;https://evil.test|Sign in&gt;';
    // They are sent side by side.
    posts.sort((a, b) => String(a.channel).localeCompare(String(b.channel)));
    expect(posts).toEqual([
      { channel: 'C0SHOP', texts: [text, text] },
      { channel: 'U0MOCK', texts: [text, text] },
    ]);
  });
});
