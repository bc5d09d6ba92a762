import { drainsCreateDrain } from '@vercel/sdk/funcs/drainsCreateDrain.js';
import { drainsDeleteDrain } from '@vercel/sdk/funcs/drainsDeleteDrain.js';
import { drainsGetDrain } from '@vercel/sdk/funcs/drainsGetDrain.js';
import { drainsGetDrains } from '@vercel/sdk/funcs/drainsGetDrains.js';
import { drainsTestDrain } from '@vercel/sdk/funcs/drainsTestDrain.js';
import { drainsUpdateDrain } from '@vercel/sdk/funcs/drainsUpdateDrain.js';
import type { CreateDrainRequestBody } from '@vercel/sdk/models/createdrainop.js';
import { DrainReceiver, signatureOf } from './__testUtils__/DrainReceiver';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
} from './__testUtils__/VercelTestCloud';

interface LogRow {
  id: string;
  requestId?: string;
  message: string;
  level: string;
  source: string;
  path: string;
  statusCode?: number;
  deploymentId: string;
  projectId: string;
  projectName: string;
  traceId: string;
  proxy?: { statusCode: number; path: string; vercelId: string };
}

const SECRET = 'the-secret-of-the-drain';

describe('Drains', () => {
  let test: VercelTestCloud;
  let receiver: DrainReceiver;

  beforeAll(async () => {
    receiver = await DrainReceiver.start();
    test = await VercelTestCloud.start({ webhookRetryMilliseconds: [10, 10] });
    await test.createProject('site');
    await test.createProject('app');
    await test.deployFiles('site', { 'index.html': 'hello' }, 'production');
    await test.deployFiles('app', chattyServer(), 'production');
  });
  afterEach(async () => {
    const { drains } = expectValue(
      await drainsGetDrains(test.core, { teamId }),
    );
    for (const { id } of drains) {
      expectValue(await drainsDeleteDrain(test.core, { id, teamId }));
    }
    receiver.behavior.length = 0;
    receiver.clear();
  });
  afterAll(async () => {
    await test.dispose();
    await receiver.stop();
  });

  const flush = () => test.cloud.vercel.drains.flush();

  async function create(changes: Partial<CreateDrainRequestBody> = {}) {
    return expectValue(
      await drainsCreateDrain(test.core, {
        teamId,
        requestBody: {
          name: 'logs',
          projects: 'all',
          schemas: { log: { version: 'v1' } },
          delivery: {
            type: 'http',
            endpoint: receiver.url,
            encoding: 'ndjson',
            headers: { 'x-of-mine': 'yes' },
            secret: SECRET,
          },
          ...changes,
        },
      }),
    );
  }

  it('are made, listed, changed and deleted, and show the secret once', async () => {
    const drain = await create();
    expect(JSON.stringify(drain)).toContain(SECRET);
    const read = expectValue(
      await drainsGetDrain(test.core, { id: drain.id, teamId }),
    );
    expect(read).toMatchObject({
      id: drain.id,
      name: 'logs',
      status: 'enabled',
      schemas: { log: {} },
      delivery: { type: 'http', endpoint: receiver.url, encoding: 'ndjson' },
    });
    expect(JSON.stringify(read)).not.toContain(SECRET);
    const changed = expectValue(
      await drainsUpdateDrain(test.core, {
        id: drain.id,
        teamId,
        requestBody: { name: 'paused', status: 'disabled' },
      }),
    );
    expect(changed).toMatchObject({ name: 'paused', status: 'disabled' });
    await test.get('site.localhost');
    await flush();
    expect(receiver.batches).toEqual([]);
    const { drains } = expectValue(
      await drainsGetDrains(test.core, { teamId }),
    );
    expect(drains.map(({ name }) => name)).toEqual(['paused']);
    expectValue(await drainsDeleteDrain(test.core, { id: drain.id, teamId }));
    const gone = await drainsGetDrain(test.core, { id: drain.id, teamId });
    expect(expectStatus(gone)).toBe(404);
  });

  it.each(['json', 'ndjson'] as const)(
    'send a row for each request as %s, signed over the raw body',
    async encoding => {
      await create({
        delivery: {
          type: 'http',
          endpoint: receiver.url,
          encoding,
          headers: { 'x-of-mine': 'yes' },
          secret: SECRET,
        },
      });
      await test.get('site.localhost', '/?a=b', {
        headers: { 'user-agent': 'a browser' },
      });
      const refused = await test.get('app.localhost', '/fail');
      await test.get('app.localhost', '/break');
      await test.get('site.localhost', '/missing');
      await flush();
      for (const { raw, headers } of receiver.batches) {
        expect(headers['x-vercel-signature']).toBe(signatureOf(raw, SECRET));
        expect(headers['x-of-mine']).toBe('yes');
      }
      const rows = receiver.rows<LogRow>().filter(({ proxy }) => proxy);
      expect(rows).toHaveLength(4);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(4);
      expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(4);
      const { id: projectId } = await test.getProject('site');
      expect(rows[0]).toMatchObject({
        source: 'static',
        level: 'info',
        projectId,
        projectName: 'site',
        environment: 'production',
        path: '/',
        statusCode: 200,
        proxy: {
          method: 'GET',
          host: 'site.localhost',
          path: '/?a=b',
          statusCode: 200,
          userAgent: ['a browser'],
          clientIp: '127.0.0.1',
          scheme: 'http',
          pathType: 'static',
          responseByteSize: expect.any(Number),
        },
      });
      expect(rows[1]).toMatchObject({
        source: 'lambda',
        level: 'error',
        statusCode: 500,
        proxy: { statusCode: 500, vercelId: refused.headers['x-vercel-id'] },
      });
      expect(rows[2]).toMatchObject({
        level: 'error',
        message: 'NO_RESPONSE_FROM_FUNCTION',
        statusCode: -1,
        proxy: { statusCode: 502 },
      });
      expect(rows[3]).toMatchObject({ level: 'warning', statusCode: 404 });
    },
  );

  it('send what a deployment writes, with the request that the line names', async () => {
    await create();
    const answer = await test.get('app.localhost', '/say');
    await waitForRows(2);
    const [request] = receiver.rows<LogRow>().filter(({ proxy }) => proxy);
    const lines = receiver.rows<LogRow>().filter(({ proxy }) => !proxy);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        type: 'stdout',
        message: `told by ${answer.headers['x-vercel-id']}`,
        requestId: request.requestId,
      }),
      expect.objectContaining({
        level: 'error',
        type: 'stderr',
        message: 'told by nobody',
      }),
    ]);
    expect(lines[1]).not.toHaveProperty('requestId');

    async function waitForRows(count: number) {
      await expectSoon(async () => {
        await flush();
        return (
          receiver.rows<LogRow>().filter(({ proxy }) => !proxy).length === count
        );
      });
    }
  });

  it('send what a build writes to who asks for it', async () => {
    await create({
      filter: {
        version: 'v2',
        filter: { type: 'basic', log: { sources: ['build'] } },
      },
    });
    const { id } = await test.deployFiles('site', { 'index.html': 'again' });
    await test.get('site.localhost');
    await flush();
    const rows = receiver.rows<LogRow>();
    expect(rows.map(({ message }) => message)).toEqual(
      (await test.readBuildLog(id)).filter(text => text),
    );
    expect(rows[0]).toMatchObject({
      source: 'build',
      type: 'stdout',
      level: 'info',
      deploymentId: id,
      environment: 'preview',
      buildId: 'bld_local',
    });
  });

  it('send a batch again, byte for byte, until it is taken', async () => {
    await create();
    receiver.behavior.push('refuse', 'lose');
    await test.get('site.localhost');
    await flush();
    await expectSoon(() => receiver.batches.length === 2);
    const [lost, again] = receiver.batches;
    expect(again.raw).toEqual(lost.raw);
    receiver.clear();
    await flush();
    expect(receiver.batches).toEqual([]);
  });

  it('keep what waits, and its encoding, over a restart and a change of theirs', async () => {
    const { id } = await create({
      delivery: {
        type: 'http',
        // Nobody listens there.
        endpoint: 'http://127.0.0.1:9/',
        encoding: 'ndjson',
        headers: {},
        secret: SECRET,
      },
    });
    await test.get('site.localhost', '/before');
    await flush();
    await test.restart();
    expectValue(
      await drainsUpdateDrain(test.core, {
        id,
        teamId,
        requestBody: {
          delivery: {
            type: 'http',
            endpoint: receiver.url,
            encoding: 'json',
            headers: {},
          },
        },
      }),
    );
    await test.get('site.localhost', '/after');
    await flush();
    const requests = receiver.rows<LogRow>().filter(({ proxy }) => proxy);
    expect(requests.map(({ path }) => path)).toEqual(['/before', '/after']);
    expect(
      receiver.batches.map(({ headers, raw }) => [
        headers['content-type'],
        headers['x-vercel-signature'] === signatureOf(raw, SECRET),
      ]),
    ).toEqual([
      ['application/x-ndjson', true],
      ['application/json', true],
    ]);
    const refused = await drainsUpdateDrain(test.core, {
      id,
      teamId,
      requestBody: { schemas: { trace: { version: 'v1' } } },
    });
    expect(expectStatus(refused)).toBe(400);
  });

  it('keep to their projects, filter and sampling', async () => {
    const { id } = await test.getProject('app');
    await create({ projects: 'some', projectIds: [id] });
    await test.get('site.localhost', '/other');
    await test.get('app.localhost', '/mine');
    await flush();
    expect(paths()).toEqual(['/mine']);
    await clear();

    await create({
      filter: {
        version: 'v2',
        filter: { type: 'basic', log: { sources: ['static'] } },
      },
    });
    await test.get('site.localhost', '/file');
    await test.get('app.localhost', '/answer');
    await flush();
    expect(paths()).toEqual(['/file']);
    await clear();

    await create({
      sampling: [
        { type: 'head_sampling', rate: 0, requestPath: '/none' },
        { type: 'head_sampling', rate: 0.5, env: 'production' },
      ],
    });
    await test.get('site.localhost', '/none');
    for (let index = 0; index < 60; index += 1) {
      await test.get('site.localhost', '/some');
    }
    await flush();
    expect(paths()).not.toContain('/none');
    // 0.5 of 60: outside of this once in a hundred million runs.
    expect(paths().length).toBeGreaterThan(8);
    expect(paths().length).toBeLessThan(52);

    function paths() {
      return receiver
        .rows<LogRow>()
        .filter(({ proxy }) => proxy)
        .map(({ path }) => path);
    }
    async function clear() {
      const { drains } = expectValue(
        await drainsGetDrains(test.core, { teamId }),
      );
      for (const drain of drains) {
        expectValue(
          await drainsDeleteDrain(test.core, { id: drain.id, teamId }),
        );
      }
      receiver.clear();
    }
  });

  it('are tried with a sample, and say what the endpoint answered', async () => {
    const delivery = {
      type: 'http',
      endpoint: receiver.url,
      encoding: 'json',
      headers: {},
      secret: SECRET,
    } as const;
    const requestBody = { schemas: { log: { version: 'v1' } }, delivery };
    expect(
      expectValue(await drainsTestDrain(test.core, { teamId, requestBody })),
    ).toEqual({});
    expect(receiver.batches[0].headers['x-vercel-signature']).toBe(
      signatureOf(receiver.batches[0].raw, SECRET),
    );
    receiver.behavior.push('refuse');
    expect(
      expectValue(await drainsTestDrain(test.core, { teamId, requestBody })),
    ).toMatchObject({ endpoint: receiver.url, status: '500' });
  });

  it('send one server span for each request to a trace drain', async () => {
    await create();
    await create({
      name: 'traces',
      schemas: { trace: { version: 'v1' } },
      delivery: {
        type: 'otlphttp',
        endpoint: { traces: `${receiver.url}/traces` },
        encoding: 'json',
        headers: {},
        secret: SECRET,
      },
    });
    await test.get('app.localhost', '/slow');
    await flush();
    const bodies = receiver.batches.map(({ raw }) =>
      JSON.parse(raw.toString()),
    );
    const [row] = bodies.filter(body => 'requestId' in body);
    const [{ resourceSpans }] = bodies.filter(body => 'resourceSpans' in body);
    expect(resourceSpans).toHaveLength(1);
    expect(resourceSpans[0].resource.attributes).toEqual(
      expect.arrayContaining([
        { key: 'vercel.projectId', value: { stringValue: row.projectId } },
        {
          key: 'vercel.deploymentId',
          value: { stringValue: row.deploymentId },
        },
      ]),
    );
    const [span] = resourceSpans[0].scopeSpans[0].spans;
    expect(span).toMatchObject({
      traceId: row.traceId,
      kind: 2,
      name: 'GET /slow',
      attributes: expect.arrayContaining([
        { key: 'http.request.method', value: { stringValue: 'GET' } },
        { key: 'url.path', value: { stringValue: '/slow' } },
        { key: 'http.response.status_code', value: { intValue: '200' } },
      ]),
    });
    const nanos = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
    expect(Number(nanos) / 1e6).toBeGreaterThanOrEqual(49);
    expect(Number(nanos) / 1e6).toBeLessThan(60_000);
  });

  it.each([
    ['no project', { projects: 'some' }],
    [
      'a project that is not there',
      { projects: 'some', projectIds: ['prj_x'] },
    ],
    [
      'two schemas',
      { schemas: { log: { version: 'v1' }, trace: { version: 'v1' } } },
    ],
    [
      'a schema that is not there',
      { schemas: { analytics: { version: 'v1' } } },
    ],
    ['spans to a log endpoint', { schemas: { trace: { version: 'v1' } } }],
    ['no delivery', { delivery: undefined }],
    [
      'an address that is none',
      {
        delivery: {
          type: 'http',
          endpoint: 'nowhere',
          encoding: 'json',
          headers: {},
        },
      },
    ],
    [
      'protobuf',
      {
        schemas: { trace: { version: 'v1' } },
        delivery: {
          type: 'otlphttp',
          endpoint: { traces: 'http://127.0.0.1:1' },
          encoding: 'proto',
          headers: {},
        },
      },
    ],
  ])('are refused with %s', async (_, changes) => {
    const response = await test.fetchApi(`/v1/drains?teamId=${teamId}`, {
      method: 'POST',
      body: JSON.stringify({
        name: 'wrong',
        projects: 'all',
        schemas: { log: { version: 'v1' } },
        delivery: {
          type: 'http',
          endpoint: receiver.url,
          encoding: 'json',
          headers: {},
        },
        ...changes,
      }),
    });
    expect([400, 404]).toContain(response.status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String) },
    });
  });
});

async function expectSoon(probe: () => Promise<boolean> | boolean) {
  const deadline = Date.now() + 60_000;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error('It did not happen');
    await new Promise(setImmediate);
  }
}

/** A server that can fail, break off, take its time and write. */
function chattyServer(): Record<string, string> {
  return {
    ...tinyServer(''),
    'server.js': `
      const { createServer } = require('node:http');
      createServer((request, response) => {
        if (request.url === '/fail') response.statusCode = 500;
        if (request.url === '/break') return request.socket.destroy();
        if (request.url === '/slow') return setTimeout(() => response.end(), 50);
        if (request.url === '/say') {
          console.log('told by ' + request.headers['x-vercel-id']);
          console.error('told by nobody');
        }
        response.end('answer');
      }).listen(process.env.PORT);`,
  };
}
