import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';
import { SloClient } from '@forkyard/plugin-slo-common';
import sloPlugin from './index';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const entityRef = 'component:default/shop';
const user = { token: mockCredentials.user.token() };

/** Answers as its path says: /500 with 500, and takes its time at /slow. */
const APP = `
  require('node:http').createServer((req, res) => {
    const status = Number(req.url.slice(1)) || 200;
    setTimeout(() => { res.statusCode = status; res.end('ok'); }, req.url === '/slow' ? 700 : 0);
  }).listen(process.env.PORT);`;

describe('SLOs on local-cloud', () => {
  let cloud: TestLocalCloud;
  const servers: Server[] = [];

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
  });

  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await cloud.dispose();
  });

  async function call(path: string, body?: unknown) {
    const response = await fetch(`${cloud.urls.vercel}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${cloud.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  }

  /** Deploys the application, and gives its project once it answers. */
  async function deploy(name: string): Promise<string> {
    const { projectId } = await call('/v13/deployments', {
      name,
      target: 'production',
      files: [
        { file: 'app.js', data: APP },
        {
          file: 'package.json',
          data: JSON.stringify({ scripts: { start: 'node app.js' } }),
        },
      ],
    });
    while ((await visit(name, '/')) !== 200) {
      await new Promise(setImmediate);
    }
    return projectId;
  }

  async function visit(name: string, path: string): Promise<number> {
    const { port } = new URL(cloud.urls.gateway);
    const headers = { host: `${name}.localhost` };
    const [response] = await once(
      httpRequest({
        host: '127.0.0.1',
        port,
        path,
        headers,
        agent: false,
      }).end(),
      'response',
    );
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }

  /** An address that is known before the backend listens on its own. */
  async function openDoor() {
    const inside = { port: 0 };
    const server = createServer((req, res) => {
      const { url: path, method, headers } = req;
      const forwarded = httpRequest(
        { host: '127.0.0.1', port: inside.port, path, method, headers },
        answer => {
          res.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(res);
        },
      );
      forwarded.on('error', () => res.destroy());
      req.pipe(forwarded);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { inside, url: `http://127.0.0.1:${port}` };
  }

  async function startPortal(projectId: string) {
    const door = await openDoor();
    const scheduler = mockServices.scheduler.mock();
    const github = new URL(cloud.urls.github);
    const { server } = await startTestBackend({
      features: [
        sloPlugin,
        mockServices.database.factory({
          knex: await databases.init('POSTGRES_18'),
        }),
        mockServices.rootConfig.factory({
          data: {
            integrations: {
              github: [
                {
                  host: github.host,
                  apiBaseUrl: github.origin,
                  rawBaseUrl: github.origin,
                  token: cloud.token,
                },
              ],
            },
            vercel: {
              token: cloud.token,
              apiBaseUrl: cloud.urls.vercel,
              teamId: 'team_acme',
            },
            slo: {
              encryptionKey: Buffer.alloc(32, 7).toString('base64'),
              vercel: { drainUrl: `${door.url}/api/slo/drains/vercel` },
            },
          },
        }),
        scheduler.factory,
        actionsRegistryServiceMock.factory(),
        createServiceFactory({
          service: coreServices.urlReader,
          deps: {
            config: coreServices.rootConfig,
            logger: coreServices.rootLogger,
          },
          factory: deps => UrlReaders.default(deps),
        }),
        catalog(cloud),
        createServiceFactory({
          service: deploymentsServiceRef,
          deps: {},
          factory: () =>
            mockDeploymentsService({
              listProjects: async () => ({
                items: [{ entityRef, provider: 'vercel', projectId }],
              }),
            }),
        }),
      ],
    });
    door.inside.port = server.port();
    const run = async (...ids: string[]) => {
      for (const id of ids) {
        const [task] = scheduler.scheduleTask.mock.calls.find(
          ([scheduled]) => scheduled.id === id,
        )!;
        await task.fn(new AbortController().signal);
      }
    };
    const client = new SloClient({
      discoveryApi: { getBaseUrl: async id => `${door.url}/api/${id}` },
    });
    await run('ensure-drains', 'discover-entities', 'refresh-projects');
    return { client, run };
  }

  it('are read from the repository, and are as the requests that were served', async () => {
    const projectId = await deploy('shop');
    const { client, run } = await startPortal(projectId);
    await run('read-files');
    // On a busy machine an answer may be slow that need not be.
    let stalled = 0;
    for (let sent = 0; sent < 26; sent++) {
      const sentAt = performance.now();
      await visit('shop', sent < 20 ? '/things' : '/500');
      if (performance.now() - sentAt >= 500) stalled += 1;
    }
    for (let sent = 0; sent < 2; sent++) await visit('shop', '/slow');
    await visit('shop', '/healthz');
    await cloud.vercel.drains.flush();
    const { items, fileProblems } = await client.refresh({ entityRef }, user);

    expect(fileProblems).toEqual([]);
    expect(items).toMatchObject([
      {
        name: 'availability',
        objective: 0.999,
        good: 22,
        total: 28,
        status: 'exhausted',
      },
      {
        name: 'latency',
        objective: 0.95,
        thresholdMilliseconds: 500,
        total: 28,
        status: 'exhausted',
      },
    ]);
    expect(items[1].good).toBeLessThanOrEqual(26);
    expect(items[1].good).toBeGreaterThanOrEqual(26 - stalled);
    const alerts = await client.listAlerts({ entityRef }, user);
    const raised = alerts.items.filter(
      ({ slo }) => slo === 'availability' || stalled === 0,
    );
    expect(
      raised.map(({ slo, severity }) => `${slo} ${severity}`).sort(),
    ).toEqual(['availability page', 'availability ticket']);
    expect(raised[0].runbook).toBe('runbooks/high-error-rate.md');

    const traffic = await client.getTraffic({ entityRef }, user);
    expect(traffic.deployments).toMatchObject([{ requests: 28, errors: 6 }]);
    const slowest = Math.max(
      ...traffic.points.map(({ p99Milliseconds = 0 }) => p99Milliseconds),
    );
    expect(slowest).toBeGreaterThan(690);
    const { points } = await client.getBudget(
      { id: `${entityRef}#availability` },
      user,
    );
    expect(points.at(-1)!.budgetRemainingRatio).toBeCloseTo(
      items[0].budgetRemainingRatio!,
      6,
    );
  });
});

function catalog(cloud: TestLocalCloud) {
  return catalogServiceMock.factory({
    entities: [
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: {
          name: 'shop',
          annotations: {
            'forkyard.dev/slo': 'slo.yaml',
            'backstage.io/managed-by-location': `url:${cloud.urls.github}/acme/base-app/blob/main/catalog-info.yaml`,
          },
        },
      },
    ],
  });
}
