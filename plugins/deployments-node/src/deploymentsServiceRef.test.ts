import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackendPlugin } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import {
  deploymentsServiceRef,
  type DeploymentsService,
} from './deploymentsServiceRef';

describe('deploymentsServiceRef', () => {
  const seen: { line: string; token?: string }[] = [];
  let server: Server;
  let baseUrl: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push({
        line: `${request.method} ${request.url}`,
        token: request.headers.authorization,
      });
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          environments: [],
          id: request.url?.includes('dpl_1') ? 'vercel:dpl_1' : 'memory:one',
          entityRef: 'component:default/shop',
          environment: 'production',
        }),
      );
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  it('asks deployments on behalf of whoever asks', async () => {
    const services: DeploymentsService[] = [];
    await startTestBackend({
      features: [
        createBackendPlugin({
          pluginId: 'forks',
          register(env) {
            env.registerInit({
              deps: { deployments: deploymentsServiceRef },
              async init({ deployments }) {
                services.push(deployments);
              },
            });
          },
        }),
        mockServices.discovery.mock({ getBaseUrl: async () => baseUrl })
          .factory,
      ],
    });
    const [service] = services;
    const credentials = mockCredentials.user('user:default/ana');
    const entityRef = 'component:default/shop';
    await service.getEntityStatus({ entityRef }, { credentials });
    await service.reconcileEntity({ entityRef }, { credentials });
    const id = 'vercel:dpl_1';
    const environment = 'production';
    await service.listDeployments({ entityRef, limit: 2 }, { credentials });
    await service.getDeployment({ id }, { credentials });
    await service.listProjects({ cursor: 'c' }, { credentials });
    await service.redeploy({ id }, { credentials });
    await service.getRollbackTarget(
      { entityRef, environment },
      { credentials },
    );
    await service.rollback(
      { entityRef, environment, toDeploymentId: id },
      { credentials },
    );
    await service.rollback({ entityRef, environment }, { credentials });
    for (const other of [
      { entityRef: 'component:default/other', environment },
      { entityRef, environment: 'preview' },
    ]) {
      await expect(
        service.rollback({ ...other, toDeploymentId: id }, { credentials }),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining(
          "Deployment 'vercel:dpl_1' is of 'component:default/shop' in production",
        ),
      });
    }
    const token = mockCredentials.service.header({
      onBehalfOf: credentials,
      targetPluginId: 'deployments',
    });
    expect(seen).toEqual([
      {
        line: 'GET /status?entityRef=component%3Adefault%2Fshop',
        token,
      },
      { line: 'POST /reconcile', token },
      {
        line: 'GET /deployments?entityRef=component%3Adefault%2Fshop&limit=2',
        token,
      },
      { line: 'GET /deployments/vercel%3Adpl_1', token },
      { line: 'GET /projects?cursor=c', token },
      { line: 'POST /deployments/vercel%3Adpl_1/redeploy', token },
      {
        line: 'GET /rollback-target?entityRef=component%3Adefault%2Fshop&environment=production',
        token,
      },
      { line: 'GET /deployments/vercel%3Adpl_1', token },
      { line: 'POST /deployments/vercel%3Adpl_1/rollback', token },
      {
        line: 'GET /rollback-target?entityRef=component%3Adefault%2Fshop&environment=production',
        token,
      },
      { line: 'POST /deployments/memory%3Aone/rollback', token },
      { line: 'GET /deployments/vercel%3Adpl_1', token },
      { line: 'GET /deployments/vercel%3Adpl_1', token },
    ]);
  });
});
