import {
  mockCredentials,
  registerMswTestHooks,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { forksServiceRef, type ForksService } from './forksServiceRef';

const request = {
  name: 'shop',
  title: 'Shop',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
};

describe('forksServiceRef', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const credentials = mockCredentials.user('user:default/ana');

  /** A plugin that asks for the service gets the one that speaks HTTP. */
  async function getService(): Promise<ForksService> {
    let service: ForksService | undefined;
    await startTestBackend({
      features: [
        createBackendPlugin({
          pluginId: 'caller',
          register(env) {
            env.registerInit({
              deps: { forks: forksServiceRef },
              async init({ forks }) {
                service = forks;
              },
            });
          },
        }),
      ],
    });
    if (!service) throw new Error('The service was not given');
    return service;
  }

  it.each<[string, string, (service: ForksService) => Promise<unknown>]>([
    ['POST', '/plans', s => s.checkPlan(request, { credentials })],
    [
      'POST',
      '/provisionings',
      s => s.provisionFork({ request }, { credentials }),
    ],
    [
      'GET',
      '/provisionings/p',
      s => s.getProvisioning({ id: 'p' }, { credentials }),
    ],
    [
      'POST',
      '/provisionings/p/advance',
      s =>
        s.advanceProvisioning({ id: 'p', through: 'domain' }, { credentials }),
    ],
    [
      'GET',
      '/provisionings/p/log',
      s => s.getProvisioningLog({ id: 'p' }, { credentials }),
    ],
    ['GET', '/forks/shop', s => s.getFork({ name: 'shop' }, { credentials })],
    ['GET', '/forks', s => s.listForks({}, { credentials })],
  ])('asks %s %s on behalf of the caller', async (method, path, call) => {
    const asked: string[] = [];
    server.use(
      http.all('*/api/forks/*', ({ request: received }) => {
        const { pathname } = new URL(received.url);
        asked.push(`${received.method} ${pathname.replace('/api/forks', '')}`);
        return HttpResponse.json({
          authorization: received.headers.get('authorization'),
        });
      }),
    );
    const answer = (await call(await getService())) as {
      authorization: string;
    };
    expect(asked).toEqual([`${method} ${path}`]);
    expect(answer.authorization).toBe(
      mockCredentials.service.header({
        onBehalfOf: credentials,
        targetPluginId: 'forks',
      }),
    );
  });
});
