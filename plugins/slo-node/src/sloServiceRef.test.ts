import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackendPlugin } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { sloServiceRef, type SloService } from './sloServiceRef';
import { mockSloService } from './testUtils/mockSloService';

describe('sloServiceRef', () => {
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
      response.end('{"items":[]}');
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

  it('asks slo on behalf of whoever asks', async () => {
    const services: SloService[] = [];
    await startTestBackend({
      features: [
        createBackendPlugin({
          pluginId: 'forks',
          register(env) {
            env.registerInit({
              deps: { slo: sloServiceRef },
              async init({ slo }) {
                services.push(slo);
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
    const options = { credentials };
    const from = '2026-11-21T00:00:00Z';
    const to = '2026-11-21T01:00:00Z';
    await service.listSlos({ entityRef }, options);
    await service.listAlerts({ state: 'firing' }, options);
    await service.getTraffic({ entityRef }, options);
    await service.getCounts({ entityRef, from, to }, options);
    const token = mockCredentials.service.header({
      onBehalfOf: credentials,
      targetPluginId: 'slo',
    });
    const query = `entityRef=${encodeURIComponent(entityRef)}`;
    const times = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
    expect(seen).toEqual([
      { line: `GET /slos?${query}`, token },
      { line: 'GET /alerts?state=firing', token },
      { line: `GET /traffic?${query}`, token },
      { line: `GET /counts?${query}&${times}`, token },
    ]);
  });
});

describe('mockSloService', () => {
  it('answers with what a test gives it, and refuses the rest by name', async () => {
    const service = mockSloService({
      listAlerts: async () => ({ items: [] }),
    });
    const options = { credentials: mockCredentials.service() };
    expect(await service.listAlerts({}, options)).toEqual({ items: [] });
    await expect(
      service.listSlos({ entityRef: 'component:default/shop' }, options),
    ).rejects.toThrow('The test did not expect slo.listSlos to be called');
  });
});
