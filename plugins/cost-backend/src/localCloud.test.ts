import { request } from 'node:http';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { CostClient, sumAmounts } from '@forkyard/plugin-cost-common';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';
import costPlugin from './index';
import { addDays, toDay } from './services/calendar';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const user = { token: mockCredentials.user.token() };

describe('Charges of local-cloud', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
  });

  afterAll(() => cloud.dispose());

  async function call(path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${cloud.urls.vercel}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${cloud.token}`,
        'content-type': 'application/json',
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    expect(response.status).toBeLessThan(300);
    return response;
  }

  /** Deploys a page and gives its project. */
  async function deploy(name: string): Promise<string> {
    const created = await call('/v13/deployments', {
      name,
      target: 'production',
      files: [{ file: 'index.html', data: 'hello' }],
      projectSettings: {
        buildCommand: 'mkdir -p public; cp index.html public',
      },
    });
    const { id, projectId } = (await created.json()) as {
      id: string;
      projectId: string;
    };
    for (;;) {
      const read = await call(`/v13/deployments/${id}`);
      const { readyState } = (await read.json()) as { readyState: string };
      if (readyState === 'READY') return projectId;
      expect(readyState).not.toBe('ERROR');
    }
  }

  function visit(name: string): Promise<number | undefined> {
    const { hostname, port } = new URL(cloud.urls.gateway!);
    return new Promise((resolve, reject) => {
      request(
        { hostname, port, headers: { host: `${name}.localhost:${port}` } },
        response => {
          response.resume();
          response.on('end', () => resolve(response.statusCode));
        },
      )
        .on('error', reject)
        .end();
    });
  }

  /** What local-cloud bills a project, read without our code. */
  async function billed(projectId: string): Promise<string> {
    const today = toDay(new Date());
    const response = await call(
      `/v1/billing/charges?from=${today}T00:00:00Z&to=${addDays(today, 1)}T00:00:00Z`,
    );
    const lines = (await response.text()).trim().split('\n');
    return sumAmounts(
      lines
        .filter(line => line.includes(`"${projectId}"`))
        .map(line => /"BilledCost":([\d.]+)/.exec(line)![1]),
    );
  }

  async function startPortal(projectId: string, token = cloud.token) {
    const scheduler = mockServices.scheduler.mock();
    const { server } = await startTestBackend({
      features: [
        costPlugin,
        mockServices.database.factory({
          knex: await databases.init('POSTGRES_18'),
        }),
        mockServices.rootConfig.factory({
          data: {
            vercel: {
              token,
              apiBaseUrl: cloud.urls.vercel,
              teamId: 'team_acme',
            },
          },
        }),
        scheduler.factory,
        catalogServiceMock.factory({
          entities: [
            {
              apiVersion: 'backstage.io/v1alpha1',
              kind: 'Component',
              metadata: { name: 'shop' },
            },
          ],
        }),
        createServiceFactory({
          service: deploymentsServiceRef,
          deps: {},
          factory: () =>
            mockDeploymentsService({
              listProjects: async () => ({
                items: [{ entityRef: SHOP, provider: 'vercel', projectId }],
              }),
            }),
        }),
      ],
    });
    await scheduler.scheduleTask.mock.calls
      .map(([task]) => task)
      .find(({ id }) => id === 'sync-entities')!
      .fn(new AbortController().signal);
    return new CostClient({
      discoveryApi: {
        getBaseUrl: async id => `http://127.0.0.1:${server.port()}/api/${id}`,
      },
    });
  }

  it('are the sums that the page shows, and count the requests that were sent', async () => {
    const projectId = await deploy('shop');
    await deploy('other');
    const client = await startPortal(projectId);
    for (let sent = 0; sent < 7; sent++) {
      expect(await visit('shop')).toBe(200);
    }
    expect(await visit('other')).toBe(200);
    await cloud.vercel.metering.flush();

    await client.refresh({}, user);
    const first = await client.getEntityCost({ entityRef: SHOP }, user);
    expect(first.monthToDate).toBe(await billed(projectId));
    expect(Number(first.monthToDate)).toBeGreaterThan(0);
    expect(first.unitCost).toMatchObject({ known: true, requests: '7' });
    expect(sumAmounts(first.byService.map(({ amount }) => amount))).toBe(
      first.monthToDate,
    );
    expect(first.byService.map(({ service }) => service)).toContain(
      'Build Minutes',
    );

    expect(await visit('shop')).toBe(200);
    await cloud.vercel.metering.flush();
    await client.refresh({}, user);
    const second = await client.getEntityCost({ entityRef: SHOP }, user);
    expect(second.unitCost).toMatchObject({ requests: '8' });
    expect(second.monthToDate).toBe(await billed(projectId));

    const bill = await client.getBill({}, user);
    expect(bill.rejectedLines.count).toBe(0);
    expect(bill.items).toHaveLength(2);
    expect(bill.shared.services).toEqual([]);
  });

  it('are not shown to whose token local-cloud refuses', async () => {
    const client = await startPortal('prj_1', 'unknown-token');
    await expect(client.refresh({}, user)).rejects.toMatchObject({
      statusCode: 503,
    });
    const cost = await client.getEntityCost({ entityRef: SHOP }, user);
    expect(cost.asOf).toBeUndefined();
    expect(cost.staleReason).toMatch(/Vercel refused/);
  });
});
