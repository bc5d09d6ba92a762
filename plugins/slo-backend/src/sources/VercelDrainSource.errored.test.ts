import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import { createVercelClient } from '@forkyard/backend-kit';
import express from 'express';
import { VercelDrainSource } from './VercelDrainSource';

const drainUrl = 'https://portal.test/drains';

describe('VercelDrainSource', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A Vercel that answers as local-cloud never does. */
  async function create(vercel: express.Express) {
    server = createServer(vercel).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new VercelDrainSource({
      client: createVercelClient({
        apiBaseUrl: `http://127.0.0.1:${port}`,
        token: 'token',
        limits: { maxAttempts: 1 },
      }),
      logger: mockServices.logger.mock(),
      configuredSecret: 'secret',
    });
  }

  it('enables a drain on which Vercel gave up, and tolerates others that it does not know', async () => {
    const patched: unknown[] = [];
    const vercel = express();
    vercel.get('/v1/drains', (_, res) => {
      res.json({
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
      });
    });
    vercel.patch('/v1/drains/:id', express.json(), (req, res) => {
      patched.push(req.params.id, req.body);
      res.json({ id: req.params.id });
    });
    const source = await create(vercel);
    await source.ensureDrains({ drainUrl });
    expect(patched).toEqual(['logs', { status: 'enabled' }]);
  });

  it('fails as unavailable when Vercel does, and makes nothing', async () => {
    const asked: string[] = [];
    const vercel = express().use((req, res) => {
      asked.push(req.method);
      res.status(401).json({ error: { message: 'no' } });
    });
    const source = await create(vercel);
    await expect(source.ensureDrains({ drainUrl })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    expect(asked).toEqual(['GET']);
  });
});
