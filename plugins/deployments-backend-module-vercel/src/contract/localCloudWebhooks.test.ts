import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callVercel, wait } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type { ProviderNudge } from '@forkyard/plugin-deployments-node';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { createTestProvider } from '../__testUtils__/createTestProvider';
import type { VercelDeploymentProvider } from '../VercelDeploymentProvider';
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
    const received = await receiveNudges(provider);
    const deploy = async () => {
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
      return id;
    };
    const stable = await deploy();
    await received.until(({ externalId }) => externalId === stable);
    const project = await provider.resolveProject({
      apiVersion: 'v1',
      kind: 'Component',
      metadata: {
        name: 'hooked',
        annotations: { 'vercel.com/project-id': 'hooked' },
      },
    });
    if (!project) throw new Error('The project was not resolved');
    await until(async () => {
      const [production] = await provider.listEnvironments(project);
      return production.liveExternalId === stable;
    });

    await provider.setStaging(project, { isStaged: true });
    const canary = await deploy();
    await until(async () => {
      const { state } = await provider.getDeployment(project, canary);
      return state === 'ready';
    });
    const before = received.nudges.length;
    await provider.canary.startCanary(project, {
      externalId: canary,
      percentages: [10],
    });
    // Those of rolling releases name no deployment.
    await received.until(
      ({ externalId }, index) => index >= before && externalId === undefined,
    );
    await received.stop();
    expect(received.failures).toEqual([]);
    expect(new Set(received.nudges.map(({ projectId }) => projectId))).toEqual(
      new Set([project.projectId]),
    );
    expect(new Set(received.nudges.map(({ eventId }) => eventId)).size).toBe(
      received.nudges.length,
    );
  });
});

/** Subscribes, and collects what the deliveries ask for. */
async function receiveNudges(provider: VercelDeploymentProvider) {
  const nudges: ProviderNudge[] = [];
  const failures: unknown[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    try {
      const nudge = await provider.parseWebhook({
        headers: req.headers,
        rawBody: Buffer.concat(chunks),
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
  return {
    nudges,
    failures,
    async until(isIt: (nudge: ProviderNudge, index: number) => boolean) {
      while (!nudges.some(isIt) && failures.length === 0) {
        await once(server, 'delivered');
      }
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function until(isOver: () => Promise<boolean>) {
  while (!(await isOver())) await wait(100);
}
