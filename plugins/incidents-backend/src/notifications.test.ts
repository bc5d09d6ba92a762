import { TestDatabases } from '@backstage/backend-test-utils';
import notificationsPlugin from '@backstage/plugin-notifications-backend';
import emailModule from '@backstage/plugin-notifications-backend-module-email';
import slackModule from '@backstage/plugin-notifications-backend-module-slack';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import {
  component,
  ENTITY_REF,
  startIncidents,
  until,
} from './__testUtils__/startIncidents';
import { TestMailServer } from './__testUtils__/TestMailServer';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const ANNOTATED = 'component:default/announced';
const PORTAL = 'https://portal.example';

/** What the module posts: a form, as Slack's Web API takes it. */
interface SlackPost {
  token: string | null;
  method: string;
  channel: string | null;
  text: string | null;
  attachments: string;
}

describe('notifications about alerts', () => {
  const mailServer = new TestMailServer();
  let mailPort: number;
  const posts: SlackPost[] = [];
  let slackIsSlow: Promise<void> | undefined;
  // The module builds its client from the token alone, so that Slack's address
  // cannot be configured; its requests are met on their way out.
  const slack = setupServer(
    http.post('https://slack.com/api/:method', async ({ request, params }) => {
      await slackIsSlow;
      const form = new URLSearchParams(await request.text());
      posts.push({
        token: request.headers.get('authorization'),
        method: String(params.method),
        channel: form.get('channel'),
        text: form.get('text'),
        attachments: form.get('attachments') ?? '',
      });
      return HttpResponse.json({ ok: true, ts: '1764000000.000100' });
    }),
  );

  /** One for all cases, which have alerts of their own. */
  let started: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    mailPort = await mailServer.listen();
    slack.listen({ onUnhandledRequest: 'bypass' });
    started = await start();
  });

  beforeEach(() => {
    mailServer.mails.length = 0;
    posts.length = 0;
  });

  afterAll(async () => {
    slack.close();
    await mailServer.close();
  });

  async function start() {
    return startIncidents({
      knex: await databases.init('POSTGRES_18'),
      entities: [component('announced', { 'slack.com/bot-notify': 'C0SHOP' })],
      notifications: {
        knex: await databases.init('POSTGRES_18'),
        features: [notificationsPlugin, emailModule, slackModule],
      },
      config: {
        app: { baseUrl: PORTAL },
        notifications: {
          processors: {
            email: {
              transportConfig: {
                transport: 'smtp',
                hostname: '127.0.0.1',
                port: mailPort,
              },
              sender: 'portal@example.com',
              allowedEmailDomains: ['example.com'],
            },
            slack: [{ token: 'xoxb-test', username: 'Forkyard' }],
          },
        },
      },
    });
  }

  async function fire(id: string, entityRef: string) {
    const { slo, runJob } = started;
    slo.add({ id, entityRef });
    await runJob('reconcile-slo-alerts');
    await runJob('announce-alerts');
  }

  it('reach the owners by e-mail and the channel of the entity, and lead to the runbook', async () => {
    const { call } = started;
    await fire('alert-1', ANNOTATED);
    const { body } = await call('get', `/alerts?entityRef=${ANNOTATED}`);
    const link = `${PORTAL}/catalog/default/component/announced/runbooks?runbook=runbooks%2Fhigh-error-rate.md&alert=${body.items[0].id}`;

    await until(
      async () => mailServer.mails,
      mails => mails.length > 0,
    );
    expect(mailServer.mails).toEqual([
      {
        to: ['ana@example.com'],
        subject: `Firing: ${body.items[0].title} (announced, ${body.items[0].severity})`,
        text: expect.stringContaining(link),
      },
    ]);
    await until(
      async () => posts,
      ({ length }) => length > 0,
    );
    expect(posts).toEqual([
      {
        token: 'Bearer xoxb-test',
        method: 'chat.postMessage',
        channel: 'C0SHOP',
        text: `Firing: ${body.items[0].title} (announced, ${body.items[0].severity})`,
        attachments: expect.stringContaining(JSON.stringify(link)),
      },
    ]);
    expect(JSON.parse(posts[0].attachments)[0].color).toBe('#FF0000');
  });

  it('reach the owners by e-mail alone when the entity names no channel', async () => {
    await fire('alert-2', ENTITY_REF);
    await until(
      async () => mailServer.mails,
      mails => mails.length > 0,
    );
    expect(mailServer.mails[0].to).toEqual(['ana@example.com']);
    expect(posts).toEqual([]);
  });

  it('reach the owners while Slack does not answer', async () => {
    let answer = () => {};
    slackIsSlow = new Promise(resolve => {
      answer = resolve;
    });
    await fire('alert-3', ANNOTATED);
    await until(
      async () => mailServer.mails,
      mails => mails.length > 0,
    );
    expect(posts).toEqual([]);
    answer();
    await until(
      async () => posts,
      ({ length }) => length > 0,
    );
    expect(mailServer.mails).toHaveLength(1);
  });
});
