import {
  mockServices,
  registerMswTestHooks,
} from '@backstage/backend-test-utils';
import { createVercelClient } from '@forkyard/backend-kit';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { VercelDrainSource } from './VercelDrainSource';

const API = 'https://vercel.test';
const server = setupServer();

describe('VercelDrainSource', () => {
  registerMswTestHooks(server);

  const create = () =>
    new VercelDrainSource({
      client: createVercelClient({
        apiBaseUrl: API,
        token: 'token',
        limits: { maxAttempts: 1 },
      }),
      logger: mockServices.logger.mock(),
      configuredSecret: 'secret',
    });
  const drainUrl = 'https://portal.test/drains';

  it('enables a drain on which Vercel gave up, and tolerates others that it does not know', async () => {
    const patched: unknown[] = [];
    server.use(
      http.get(`${API}/v1/drains`, () =>
        HttpResponse.json({
          drains: [
            { id: 'one', status: 'enabled', delivery: { type: 'internal' } },
            { id: 'two', status: 'enabled' },
            {
              id: 'logs',
              status: 'errored',
              delivery: { type: 'http', endpoint: `${drainUrl}/logs` },
            },
            {
              id: 'traces',
              status: 'enabled',
              delivery: {
                type: 'otlphttp',
                endpoint: { traces: `${drainUrl}/traces` },
              },
            },
          ],
        }),
      ),
      http.patch(`${API}/v1/drains/:id`, async ({ request, params }) => {
        patched.push(params.id, await request.json());
        return HttpResponse.json({ id: params.id });
      }),
    );
    await create().ensureDrains({ drainUrl });
    expect(patched).toEqual(['logs', { status: 'enabled' }]);
  });

  it('fails as unavailable when Vercel does, and makes nothing', async () => {
    server.use(
      http.get(`${API}/v1/drains`, () =>
        HttpResponse.json({ error: { message: 'no' } }, { status: 401 }),
      ),
    );
    await expect(create().ensureDrains({ drainUrl })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });
});
