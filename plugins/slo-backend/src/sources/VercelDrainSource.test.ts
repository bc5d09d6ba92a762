import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import {
  callVercel,
  createVercelClient,
  fetchVercel,
  SecretBox,
} from '@forkyard/backend-kit';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import express from 'express';
import createPromiseRouter from 'express-promise-router';
import type { Knex } from 'knex';
import { z } from 'zod';
import { DatabaseDrainSecretsStore } from '../database/DatabaseDrainSecretsStore';
import { DatabaseRollupStore } from '../database/DatabaseRollupStore';
import { createIngestDatabase } from '../ingest/__testUtils__/createIngestDatabase';
import { DefaultIngestService } from '../ingest/DefaultIngestService';
import { addDrainRoutes } from '../router/drainRoutes';
import { VercelDrainSource } from './VercelDrainSource';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const drainsSchema = z.object({
  drains: z.array(
    z.looseObject({ id: z.string(), name: z.string(), status: z.string() }),
  ),
});

/** Answers as its path says: /500 with 500, and takes its time at /slow. */
const APP = `
  require('node:http').createServer((req, res) => {
    const status = Number(req.url.slice(1)) || 200;
    setTimeout(() => { res.statusCode = status; res.end('ok'); }, req.url === '/slow' ? 300 : 0);
  }).listen(process.env.PORT);`;

describe('VercelDrainSource on local-cloud', () => {
  let cloud: TestLocalCloud;
  let knex: Knex;
  let server: Server | undefined;

  const client = () =>
    createVercelClient({
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      teamId: 'team_acme',
    });
  const list = async () =>
    (
      await fetchVercel(client(), {
        what: 'list drains',
        path: '/v1/drains',
        schema: drainsSchema,
      })
    ).drains;
  const remove = (id: string) =>
    fetchVercel(client(), {
      what: 'delete a drain',
      method: 'DELETE',
      path: `/v1/drains/${id}`,
      schema: z.unknown(),
    });

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ webhookRetryMilliseconds: [10] });
  });

  afterAll(async () => {
    await cloud.dispose();
  });

  beforeEach(async () => {
    knex = await createIngestDatabase(await databases.init('POSTGRES_18'));
  });

  afterEach(async () => {
    for (const { id } of await list()) await remove(id);
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  const key = randomBytes(32).toString('base64');
  const create = (
    options: { key?: string; configuredSecret?: string } = { key },
    logger = mockServices.logger.mock(),
  ) =>
    new VercelDrainSource({
      client: client(),
      logger,
      secrets: options.key
        ? new DatabaseDrainSecretsStore(
            knex,
            new SecretBox({
              encryptionKey: options.key,
              configKey: 'slo.encryptionKey',
              purpose: 'forkyard slo drain secret',
            }),
          )
        : undefined,
      configuredSecret: options.configuredSecret,
    });

  /** The routes of the plugin, on the given source of secrets. */
  async function serve(secrets: VercelDrainSource) {
    const rollups = new DatabaseRollupStore(knex);
    const router = createPromiseRouter();
    const logger = mockServices.logger.mock();
    addDrainRoutes(router, {
      ingest: new DefaultIngestService({ rollups, secrets, logger }),
    });
    server = createServer(express().use('/api/slo', router));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      rollups,
      drainUrl: `http://127.0.0.1:${port}/api/slo/drains/vercel`,
    };
  }

  async function deploy(name: string) {
    const files = {
      'package.json': JSON.stringify({ scripts: { start: 'node app.js' } }),
      'app.js': APP,
    };
    const { id } = await callVercel(client(), {
      what: 'create a deployment',
      run: (core, options) =>
        deploymentsCreateDeployment(
          core,
          {
            teamId: 'team_acme',
            requestBody: {
              name,
              target: 'production',
              files: Object.entries(files).map(([file, data]) => ({
                file,
                data,
              })),
            },
          },
          options,
        ),
      schema: z.object({ id: z.string() }),
    });
    const status = async () => (await visit(name, '/')) === 200;
    while (!(await status())) await new Promise(setImmediate);
    const { projectId } = await fetchVercel(client(), {
      what: 'read the deployment',
      path: `/v13/deployments/${id}`,
      schema: z.object({ projectId: z.string() }),
    });
    return { projectId, deploymentId: id };
  }

  async function visit(name: string, path: string): Promise<number> {
    const { port } = new URL(cloud.urls.gateway);
    const call = httpRequest({
      port,
      path,
      host: '127.0.0.1',
      headers: { host: `${name}.localhost` },
      agent: false,
    }).end();
    const [response] = await once(call, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }

  it('counts exactly the requests that were sent, with their durations', async () => {
    const origin = await deploy('counted');
    const source = create();
    const { rollups, drainUrl } = await serve(source);
    await source.ensureDrains({ drainUrl });
    const paths = [...Array(20).fill('/things'), ...Array(3).fill('/503')];
    // On a busy machine an answer may be slow that need not be.
    let stalled = 0;
    for (const path of [...paths, '/404']) {
      const sentAt = performance.now();
      await visit('counted', path);
      if (performance.now() - sentAt >= 250) stalled += 1;
    }
    await visit('counted', '/slow');
    for (let i = 0; i < 5; i += 1) await visit('counted', '/healthz');
    await cloud.vercel.drains.flush();

    const points = await rollups.listSeries({
      projectIds: [origin.projectId],
      from: new Date(0),
      to: new Date(Date.now() + 60_000),
      grain: 'hour',
    });
    // Two of them when an hour has ended meanwhile.
    const sum = (read: (point: (typeof points)[number]) => number) =>
      points.reduce((total, point) => total + read(point), 0);
    for (const point of points) {
      expect(point).toMatchObject({ ...origin, environment: 'production' });
    }
    expect(sum(({ requests }) => requests)).toBe(25);
    expect(sum(({ errors }) => errors)).toBe(3);
    expect(sum(({ durations }) => durations.count)).toBe(25);
    const quick = sum(({ durations }) => durations.countAtMost(290));
    expect(quick).toBeLessThanOrEqual(24);
    expect(quick).toBeGreaterThanOrEqual(24 - stalled);
    expect(await knex('drain_rejections')).toEqual([]);
  });

  it('makes one drain of each kind, whoever asks and how often', async () => {
    const drainUrl = 'http://127.0.0.1:9/api/slo/drains/vercel/';
    await Promise.all(
      [create(), create()].map(source => source.ensureDrains({ drainUrl })),
    );
    await create().ensureDrains({ drainUrl });
    const drains = await list();
    expect(drains.map(({ name }) => name).sort()).toEqual([
      'Forkyard logs',
      'Forkyard traces',
    ]);
    const [logs] = await create().listSecrets('logs');
    const [traces] = await create().listSecrets('traces');
    expect(logs).toMatch(/^[0-9a-f]{64}$/);
    expect(traces).not.toBe(logs);
    expect(JSON.stringify(await knex('drain_secrets'))).not.toContain(logs);
  });

  it('makes again what was deleted at Vercel, with the secret that is known', async () => {
    const drainUrl = 'http://127.0.0.1:9/drains';
    await create().ensureDrains({ drainUrl });
    const [before] = await create().listSecrets('logs');
    const [gone, kept] = await list();
    await remove(gone.id);
    await create().ensureDrains({ drainUrl });
    const ids = (await list()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(kept.id);
    expect(await create().listSecrets('logs')).toEqual([before]);
  });

  it('replaces a drain whose secret is lost, and no other', async () => {
    await create().ensureDrains({ drainUrl: 'http://127.0.0.1:9/other' });
    await create().ensureDrains({ drainUrl: 'http://127.0.0.1:9/drains' });
    const before = (await list()).map(({ id }) => id);
    await knex('drain_secrets')
      .where('endpoint', 'like', '%/drains/%')
      .delete();
    await create().ensureDrains({ drainUrl: 'http://127.0.0.1:9/drains' });
    const after = (await list()).map(({ id }) => id);
    expect(after).toHaveLength(4);
    expect(after.filter(id => before.includes(id))).toEqual(before.slice(0, 2));
  });

  it('leaves a drain alone that somebody disabled, and says so', async () => {
    const drainUrl = 'http://127.0.0.1:9/drains';
    await create().ensureDrains({ drainUrl });
    const [{ id }] = await list();
    await fetchVercel(client(), {
      what: 'disable a drain',
      method: 'PATCH',
      path: `/v1/drains/${id}`,
      body: { status: 'disabled' },
      schema: z.unknown(),
    });
    const logger = mockServices.logger.mock();
    await create({ key }, logger).ensureDrains({ drainUrl });
    expect((await list()).map(({ status }) => status)).toEqual([
      'disabled',
      'enabled',
    ]);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining(`Drain '${id}' is disabled at Vercel`),
    );
  });

  it('does without a key when the secret is in the configuration', async () => {
    const source = create({ configuredSecret: 'by hand' });
    const { rollups, drainUrl } = await serve(source);
    await source.ensureDrains({ drainUrl });
    const { projectId } = await deploy('configured');
    await cloud.vercel.drains.flush();
    const [seen] = await rollups.listLastSeen({ projectIds: [projectId] });
    expect(seen.lastRequestAt).toBeDefined();
    await expect(create({}).ensureDrains({ drainUrl })).rejects.toThrow(
      /'slo.encryptionKey' is missing/,
    );
  });

  it('knows no secret that was sealed with another key', async () => {
    await create().ensureDrains({ drainUrl: 'http://127.0.0.1:9/drains' });
    const other = randomBytes(32).toString('base64');
    expect(await create({ key: other }).listSecrets('logs')).toEqual([]);
  });
});
