import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { createVercelClient } from '@forkyard/backend-kit';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { VercelStoreSource } from './VercelStoreSource';

const api = 'http://vercel.test';

describe('VercelStoreSource', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const source = () =>
    new VercelStoreSource(
      createVercelClient({
        token: 't',
        apiBaseUrl: api,
        teamId: 'team_acme',
        limits: { initialBackoffMs: 1, maxAttempts: 1 },
      }),
    );

  const installed = (...configurations: object[]) =>
    http.get(`${api}/v1/integrations/configurations`, () =>
      HttpResponse.json(configurations),
    );
  const create = {
    product: 'postgres',
    name: 'shop-postgres',
    externalId: 'p',
  };

  it('says what to do when the integration is not installed', async () => {
    server.use(installed());
    await expect(
      source().createStore({ ...create, integration: 'neon' }),
    ).rejects.toThrow(
      /Integration 'neon' is not installed in the Vercel team. Install it there, or change 'forks.hosting.store.integration'/,
    );
  });

  it('makes, finds, connects and deletes a store through the one installation', async () => {
    const asked: string[] = [];
    server.use(
      installed(
        { id: 'icfg_2', slug: 'other' },
        { id: 'icfg_1', slug: 'neon' },
      ),
      http.all(`${api}/*`, ({ request }) => {
        const { pathname } = new URL(request.url);
        asked.push(`${request.method} ${pathname}`);
        if (pathname.endsWith('/direct')) {
          return HttpResponse.json({
            store: { externalResourceId: 'store_1' },
          });
        }
        if (pathname === '/v1/storage/stores') {
          return HttpResponse.json({
            stores: [{ id: 'store_1', name: 'shop-postgres' }],
          });
        }
        if (pathname.endsWith('/connections')) {
          return HttpResponse.json(
            { error: { message: 'is there' } },
            { status: 409 },
          );
        }
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const stores = source();
    const integration = 'neon';
    await expect(
      stores.createStore({ ...create, integration }),
    ).resolves.toEqual({ id: 'store_1', name: 'shop-postgres' });
    await expect(stores.findStore({ name: 'shop-postgres' })).resolves.toEqual({
      id: 'store_1',
      name: 'shop-postgres',
    });
    expect(await stores.findStore({ name: 'other' })).toBeUndefined();
    await stores.connectStore({
      integration,
      storeId: 'store_1',
      projectId: 'prj_1',
    });
    await stores.deleteStore({ storeId: 'store_1' });
    expect(asked).toEqual([
      'POST /v1/storage/stores/integration/direct',
      'GET /v1/storage/stores',
      'GET /v1/storage/stores',
      'POST /v1/integrations/installations/icfg_1/resources/store_1/connections',
      'DELETE /v1/storage/stores/integration/store_1',
    ]);
  });

  it('does not hide that a store could not be connected', async () => {
    server.use(
      installed({ id: 'icfg_1', slug: 'neon' }),
      http.post(`${api}/v1/integrations/installations/*`, () =>
        HttpResponse.json({ error: { message: 'no' } }, { status: 403 }),
      ),
    );
    await expect(
      source().connectStore({
        integration: 'neon',
        storeId: 'store_1',
        projectId: 'prj_1',
      }),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });
});
