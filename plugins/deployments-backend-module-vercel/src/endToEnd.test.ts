import { EventEmitter, once } from 'node:events';
import { createServer, get, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { callVercel } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type { EntityDeploymentStatus } from '@forkyard/plugin-deployments-common';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { createTestProvider } from './__testUtils__/createTestProvider';
import { createShop, startTestPortal } from './__testUtils__/startTestPortal';
import { createdSchema } from './vercelSchemas';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const ENTITY_REF = 'component:default/shop';

/** Hands webhooks on to a portal whose port is known only when it runs. */
async function startRelay() {
  const target = { baseUrl: '' };
  const server = createServer((req, res) => {
    const forwarded = request(
      `${target.baseUrl}${req.url}`,
      { method: req.method, headers: req.headers },
      answer => {
        res.writeHead(answer.statusCode ?? 502);
        answer.pipe(res);
      },
    );
    forwarded.on('error', () => res.writeHead(502).end());
    req.pipe(forwarded);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    target,
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

/** Asks for a page over and over, ten times at once, and keeps the answers. */
function visit(url: string) {
  const { host, port } = new URL(url);
  const answers: { text: string; sentAt: number }[] = [];
  const answered = new EventEmitter();
  let isOver = false;
  const ask = async () => {
    const sentAt = Date.now();
    const asking = get({ host: '127.0.0.1', port, headers: { host } });
    const [response] = await once(asking, 'response');
    answers.push({ text: await readText(response), sentAt });
    answered.emit('answer');
  };
  const visitors = Array.from({ length: 10 }, async () => {
    while (!isOver) await ask();
  });
  return {
    answers,
    async until(isIt: (answer: (typeof answers)[0]) => boolean) {
      while (!answers.some(isIt)) await once(answered, 'answer');
    },
    async stop() {
      isOver = true;
      await Promise.all(visitors);
    },
  };
}

describe('Deployments on local-cloud', () => {
  let cloud: TestLocalCloud;
  let relay: Awaited<ReturnType<typeof startRelay>>;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    relay = await startRelay();
  });

  afterAll(async () => {
    await cloud.dispose();
    await relay.stop();
  });

  async function startPortal() {
    const { baseUrl, api } = await startTestPortal({
      cloud,
      knex: await databases.init('POSTGRES_18'),
      entity: createShop(),
      deployments: {
        // Longer than the test, so that only webhooks make it quick.
        reconcileSeconds: 3600,
        vercel: { webhookUrl: `${relay.url}/api/deployments/webhooks/vercel` },
      },
    });
    relay.target.baseUrl = baseUrl;
    return api;
  }

  it('shows a deployment while it is built and when it is live, and moves the traffic back', async () => {
    const { client: vercel } = createTestProvider({
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      patience: 'much',
    });
    const deploy = async (text: string) => {
      const { id } = await callVercel(vercel, {
        what: 'create a deployment',
        run: (core, options) =>
          deploymentsCreateDeployment(
            core,
            {
              requestBody: {
                name: 'shop',
                target: 'production',
                files: [{ file: 'index.html', data: text }],
                projectSettings: {
                  buildCommand: `echo built ${text}; mkdir -p public; cp index.html public`,
                },
              },
            },
            options,
          ),
        schema: createdSchema,
      });
      return `vercel:${id}`;
    };

    const first = await deploy('first');
    const api = await startPortal();
    const options = { token: mockCredentials.user.token() };
    const production = async (
      isRight: (status: EntityDeploymentStatus['environments'][0]) => boolean,
    ) => {
      for (;;) {
        const { environments } = await api.getEntityStatus(
          { entityRef: ENTITY_REF },
          options,
        );
        const [status] = environments;
        if (status && isRight(status)) return status;
        await new Promise(resolve => {
          setTimeout(resolve, 100);
        });
      }
    };
    const begun = await production(({ live }) => live?.id === first);
    expect(begun.url).toMatch(/^http:\/\/shop\.localhost:\d+$/);

    const second = await deploy('second');
    await production(({ live, latest }) => (latest ?? live)?.id === second);
    const lines: string[] = [];
    for await (const line of api.streamBuildLog(
      { id: second, follow: true },
      options,
    )) {
      lines.push(line.text);
    }
    expect(lines).toContain('built second');
    const moved = await production(({ live }) => live?.id === second);
    expect(moved.live?.creator).toBeTruthy();

    expect(await api.promoteDeployment({ id: first }, options)).toMatchObject({
      live: true,
    });
    await expect(
      api.promoteDeployment({ id: first }, options),
    ).rejects.toMatchObject({ statusCode: 409 });

    const again = await api.redeploy({ id: second }, options);
    expect(again.environment).toBe('production');
    const finished = await production(
      ({ live, latest }) =>
        [live, latest].find(found => found?.id === again.id)?.state === 'ready',
    );
    expect(finished).toBeDefined();

    await production(({ live }) => live?.id === again.id);
    const visitors = visit(begun.url ?? '');
    await visitors.until(({ text }) => text === 'second');
    const clickedAt = Date.now();
    await api.rollbackToDeployment({ id: first }, options);
    const doneAt = Date.now();
    await visitors.until(({ sentAt }) => sentAt > doneAt);
    await visitors.stop();
    const bad = visitors.answers.filter(({ text }) => text !== 'first');
    expect(bad.filter(({ text }) => text !== 'second')).toEqual([]);
    expect(bad.filter(({ sentAt }) => sentAt > doneAt)).toEqual([]);
    expect(doneAt - clickedAt).toBeLessThan(30_000);
    const { pinned } = await production(({ live }) => live?.id === first);
    expect(pinned).toBeDefined();
  });
});
