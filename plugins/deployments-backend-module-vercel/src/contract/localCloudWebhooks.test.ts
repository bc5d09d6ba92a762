import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callVercel } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type { ProviderNudge } from '@forkyard/plugin-deployments-node';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { createTestProvider } from '../__testUtils__/createTestProvider';
import { createdSchema } from '../vercelSchemas';

describe('Webhooks of local-cloud', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
  });

  afterAll(async () => {
    await cloud.dispose();
  });

  it('arrive signed with the secret that was told at the subscription', async () => {
    const { provider, client } = createTestProvider({
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      patience: 'much',
    });
    const nudges: ProviderNudge[] = [];
    const failures: unknown[] = [];
    const server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk);
      const rawBody = Buffer.concat(chunks);
      try {
        const nudge = await provider.parseWebhook({
          headers: req.headers,
          rawBody,
        });
        if (nudge) nudges.push(nudge);
      } catch (error) {
        failures.push(error);
      }
      res.writeHead(202).end();
      server.emit('delivered');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await provider.ensureWebhook({ url: `http://127.0.0.1:${port}/hook` });

    const { id } = await callVercel(client, {
      what: 'create a deployment',
      run: (core, options) =>
        deploymentsCreateDeployment(
          core,
          {
            requestBody: {
              name: 'hooked',
              target: 'production',
              files: [{ file: 'index.html', data: 'hello' }],
            },
          },
          options,
        ),
      schema: createdSchema,
    });
    while (nudges.length < 2 && failures.length === 0) {
      await once(server, 'delivered');
    }
    server.closeAllConnections();
    server.close();
    expect(failures).toEqual([]);
    expect(new Set(nudges.map(({ externalId }) => externalId))).toEqual(
      new Set([id]),
    );
    expect(new Set(nudges.map(({ eventId }) => eventId)).size).toBe(
      nudges.length,
    );
    const resolved = await provider.resolveProject({
      apiVersion: 'v1',
      kind: 'Component',
      metadata: {
        name: 'hooked',
        annotations: { 'vercel.com/project-id': 'hooked' },
      },
    });
    expect(nudges[0].projectId).toBe(resolved?.projectId);
  });
});
