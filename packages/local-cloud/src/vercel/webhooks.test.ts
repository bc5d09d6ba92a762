import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhooksCreateWebhook } from '@vercel/sdk/funcs/webhooksCreateWebhook.js';
import { webhooksDeleteWebhook } from '@vercel/sdk/funcs/webhooksDeleteWebhook.js';
import { webhooksGetWebhook } from '@vercel/sdk/funcs/webhooksGetWebhook.js';
import { webhooksGetWebhooks } from '@vercel/sdk/funcs/webhooksGetWebhooks.js';
import {
  expectStatus,
  expectValue,
  teamId,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

interface Delivery {
  signature: string | string[] | undefined;
  raw: Buffer;
  body: {
    id: string;
    type: string;
    payload: { deployment?: { id: string; url: string }; target?: string };
  };
}

describe('Webhooks', () => {
  let test: VercelTestCloud;
  let receiver: Server;
  let url: string;
  let deliveries: Delivery[];
  let refusals: number;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        if (refusals > 0) {
          refusals -= 1;
          response.writeHead(500).end();
          return;
        }
        deliveries.push({
          signature: request.headers['x-vercel-signature'],
          raw,
          body: JSON.parse(raw.toString('utf8')),
        });
        response.end();
      });
    });
    await new Promise<void>(resolve => {
      receiver.listen(0, '127.0.0.1', resolve);
    });
    const { port } = receiver.address() as AddressInfo;
    url = `http://127.0.0.1:${port}/hook`;
    test = await VercelTestCloud.start({ webhookRetryMilliseconds: [10, 10] });
  });
  beforeEach(() => {
    deliveries = [];
    refusals = 0;
  });
  afterAll(async () => {
    await test.dispose();
    await new Promise(resolve => {
      receiver.close(resolve);
    });
  });

  const types = () => deliveries.map(({ body }) => body.type);

  async function subscribe(
    events: (
      | 'deployment.created'
      | 'deployment.succeeded'
      | 'deployment.ready'
      | 'deployment.error'
      | 'project.created'
      | 'project.removed'
    )[],
    projectIds?: string[],
  ) {
    return expectValue(
      await webhooksCreateWebhook(test.core, {
        teamId,
        requestBody: { url, events, projectIds },
      }),
    );
  }

  it('tell of a deployment, signed over the raw body with HMAC-SHA1', async () => {
    const hook = await subscribe([
      'deployment.created',
      'deployment.succeeded',
      'deployment.ready',
    ]);
    await test.createProject('told');
    const ready = await test.deployFiles(
      'told',
      { 'index.html': 'x' },
      'production',
    );
    await waitFor(() => deliveries.length === 3);
    expect(types()).toEqual([
      'deployment.created',
      'deployment.succeeded',
      'deployment.ready',
    ]);
    for (const { raw, signature, body } of deliveries) {
      expect(signature).toBe(
        createHmac('sha1', hook.secret).update(raw).digest('hex'),
      );
      expect(body.payload).toMatchObject({
        target: 'production',
        deployment: { id: ready.id, url: ready.url },
      });
    }
    expect(new Set(deliveries.map(({ body }) => body.id)).size).toBe(3);
    expectValue(
      await webhooksDeleteWebhook(test.core, { id: hook.id, teamId }),
    );
  });

  it('are tried again until they are taken', async () => {
    const hook = await subscribe(['project.created']);
    refusals = 2;
    await test.createProject('retried');
    await waitFor(() => deliveries.length === 1);
    expect(refusals).toBe(0);
    expectValue(
      await webhooksDeleteWebhook(test.core, { id: hook.id, teamId }),
    );
  });

  it('reach only who subscribed to the project and the event', async () => {
    const mine = await test.createProject('mine');
    await test.createProject('theirs');
    const hook = await subscribe(['deployment.error'], [mine.id]);
    await test.deployFiles('theirs', { a: 'b' });
    const failed = await test.deployFiles('mine', { a: 'b' });
    await waitFor(() => deliveries.length > 0);
    expect(deliveries.map(({ body }) => body.payload.deployment?.id)).toEqual([
      failed.id,
    ]);
    expectValue(
      await webhooksDeleteWebhook(test.core, { id: hook.id, teamId }),
    );
  });

  it('show their secret only once', async () => {
    const hook = await subscribe(['project.removed']);
    expect(hook.secret.length).toBeGreaterThan(20);
    const read = expectValue(
      await webhooksGetWebhook(test.core, { id: hook.id, teamId }),
    );
    expect(JSON.stringify(read)).not.toContain(hook.secret);
    const list = expectValue(await webhooksGetWebhooks(test.core, { teamId }));
    expect(list).toHaveLength(1);
    expectValue(
      await webhooksDeleteWebhook(test.core, { id: hook.id, teamId }),
    );
    const gone = await webhooksGetWebhook(test.core, { id: hook.id, teamId });
    expect(expectStatus(gone)).toBe(404);
  });

  it('are signed with the configured secret where there is one', async () => {
    const configured = await VercelTestCloud.start({
      config: { webhookSecrets: { vercel: 'shared-secret' } },
    });
    const hook = expectValue(
      await webhooksCreateWebhook(configured.core, {
        teamId,
        requestBody: { url, events: ['project.created'] },
      }),
    );
    expect(hook.secret).toBe('shared-secret');
    await configured.dispose();
  });
});
