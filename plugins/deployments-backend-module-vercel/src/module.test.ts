import { randomBytes } from 'node:crypto';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockServices,
  registerMswTestHooks,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import {
  deploymentsProviderExtensionPoint,
  type DeploymentProvider,
} from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import deploymentsModuleVercel from './index';
import { signAsVercel } from '@forkyard/backend-kit';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const API = 'https://vercel.test';
const HOOK_URL = 'https://portal.test/api/deployments/webhooks/vercel';
const server = setupServer();

const vercel = { token: 'token', apiBaseUrl: API, teamId: 'team_1' };
const newKey = () => randomBytes(32).toString('base64');

/** Starts the module beside a plugin that only collects providers. */
async function start(knex: Knex, config: JsonObject) {
  const added: DeploymentProvider[] = [];
  const scheduler = mockServices.scheduler.mock();
  await startTestBackend({
    features: [
      createBackendPlugin({
        pluginId: 'deployments',
        register(env) {
          env.registerExtensionPoint(deploymentsProviderExtensionPoint, {
            addProvider: provider => added.push(provider),
          });
          env.registerInit({
            deps: { logger: coreServices.logger },
            async init() {},
          });
        },
      }),
      deploymentsModuleVercel,
      mockServices.database.factory({ knex }),
      mockServices.rootConfig.factory({ data: config }),
      scheduler.factory,
    ],
  });
  const [provider] = added;
  const ensureWebhook = async () => {
    const [task] = scheduler.scheduleTask.mock.calls[0];
    await task.fn(new AbortController().signal);
  };
  return { provider, scheduler, ensureWebhook };
}

describe('deploymentsModuleVercel', () => {
  registerMswTestHooks(server);

  it('adds Vercel, and subscribes to nothing without a URL of ours', async () => {
    const knex = await databases.init('POSTGRES_18');
    const { provider, scheduler } = await start(knex, { vercel });
    expect(provider.id).toBe('vercel');
    expect(provider.annotation).toBe('vercel.com/project-id');
    expect(scheduler.scheduleTask).not.toHaveBeenCalled();
  });

  it.each([
    ['vercel.token', {}],
    [
      'deployments.encryptionKey',
      { vercel, deployments: { encryptionKey: 'c2hvcnQ=' } },
    ],
  ])('refuses to start without a right %s', async (key, config) => {
    const knex = await databases.init('POSTGRES_18');
    await expect(start(knex, config)).rejects.toThrow(key);
  });

  it('keeps the secret of its subscription sealed, across a restart', async () => {
    let created = 0;
    server.use(
      http.get(`${API}/v1/webhooks`, () =>
        HttpResponse.json(created > 0 ? [{ id: 'hook_1', url: HOOK_URL }] : []),
      ),
      http.post(`${API}/v1/webhooks`, () => {
        created += 1;
        return HttpResponse.json({
          id: 'hook_1',
          url: HOOK_URL,
          secret: 'told once',
        });
      }),
    );
    const knex = await databases.init('POSTGRES_18');
    const config = {
      vercel,
      deployments: {
        encryptionKey: newKey(),
        vercel: { webhookUrl: HOOK_URL },
      },
    };
    const first = await start(knex, config);
    await first.ensureWebhook();
    const second = await start(knex, config);
    await second.ensureWebhook();
    expect(created).toBe(1);

    const [row] = await knex('vercel_webhook_secrets');
    expect(JSON.stringify(row)).not.toContain('told once');
    const rawBody = Buffer.from(
      '{"id":"evt_1","type":"deployment.ready","payload":{"project":{"id":"prj_1"}}}',
    );
    expect(
      await second.provider.parseWebhook({
        rawBody,
        headers: { 'x-vercel-signature': signAsVercel([rawBody], 'told once') },
      }),
    ).toMatchObject({ eventId: 'evt_1', projectId: 'prj_1' });
  });

  it('makes a new subscription when the key was changed', async () => {
    const hooks: { id: string; url: string }[] = [];
    server.use(
      http.get(`${API}/v1/webhooks`, () => HttpResponse.json(hooks)),
      http.delete(`${API}/v1/webhooks/:id`, () => {
        hooks.pop();
        return new HttpResponse(undefined, { status: 204 });
      }),
      http.post(`${API}/v1/webhooks`, () => {
        const hook = { id: `hook_${Math.random()}`, url: HOOK_URL };
        hooks.push(hook);
        return HttpResponse.json({ ...hook, secret: 'new' });
      }),
    );
    const knex = await databases.init('POSTGRES_18');
    const subscribed: string[] = [];
    for (const encryptionKey of [newKey(), newKey()]) {
      const { ensureWebhook } = await start(knex, {
        vercel,
        deployments: { encryptionKey, vercel: { webhookUrl: HOOK_URL } },
      });
      await ensureWebhook();
      subscribed.push(...hooks.map(({ id }) => id));
    }
    expect(new Set(subscribed).size).toBe(2);
    expect(hooks).toHaveLength(1);
  });
});

describe('migrations of the module', () => {
  const directory = `${__dirname}/../migrations`;

  it('20261121093100_webhook_secrets.js adds the table, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121093100_webhook_secrets.js';
    await knex.migrate.up({ directory, name });
    const row = { webhook_id: 'hook_1', url: HOOK_URL, secret_jwe: 'x' };
    await knex('vercel_webhook_secrets').insert(row);
    await expect(knex('vercel_webhook_secrets').insert(row)).rejects.toThrow(
      /vercel_webhook_secrets_pkey/,
    );
    await knex.migrate.down({ directory, name });
    expect(await knex.schema.hasTable('vercel_webhook_secrets')).toBe(false);
  });
});
