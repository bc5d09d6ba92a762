import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import { mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import createPromiseRouter from 'express-promise-router';
import supertest from 'supertest';
import { logRow, traceExport } from '../ingest/__testUtils__/rows';
import type { DrainReceipt } from '../ingest/countNew';
import { DefaultIngestService } from '../ingest/DefaultIngestService';
import type { DrainBatch } from '../ingest/DrainBatch';
import { addDrainRoutes } from './drainRoutes';

const LOGS = '/drains/vercel/logs';
const TRACES = '/drains/vercel/traces';
const at = 1_763_726_400_000;
const secrets = { logs: ['old secret', 'secret'], traces: ['trace secret'] };
const sign = (body: Buffer, secret: string) =>
  createHmac('sha1', secret).update(body).digest('hex');
const rows = [
  logRow({ requestId: 'a', at }),
  logRow({ requestId: 'b', at, status: 500 }),
];
const ndjson = Buffer.from(rows.map(row => JSON.stringify(row)).join('\n'));

describe('drainRoutes', () => {
  let committed: DrainBatch[];
  let failure: Error | undefined;

  beforeEach(() => {
    committed = [];
    failure = undefined;
  });

  function createApp() {
    const rollups = {
      commit: async (batches: DrainBatch[]): Promise<DrainReceipt[]> => {
        if (failure) throw failure;
        committed.push(...batches);
        return batches.map(({ count, ignored, rejections }) => ({
          counted: count,
          repeated: 0,
          ignored,
          rejected: rejections,
        }));
      },
    };
    const logger = mockServices.logger.mock();
    const router = createPromiseRouter();
    addDrainRoutes(router, {
      ingest: new DefaultIngestService({
        rollups,
        secrets: { listSecrets: async kind => secrets[kind] },
        logger,
      }),
    });
    const middleware = MiddlewareFactory.create({
      config: mockServices.rootConfig(),
      logger,
    });
    return express().use(router).use(middleware.error());
  }

  const post = (
    path: string,
    body: Buffer,
    headers: Record<string, string> = {},
  ) => {
    const secret = path === LOGS ? 'secret' : 'trace secret';
    const { signature = sign(body, secret), ...rest } = headers;
    const call = supertest(createApp())
      .post(path)
      .set('content-type', 'application/x-ndjson')
      .set(rest);
    if (signature) call.set('x-vercel-signature', signature);
    return call.serialize(data => data).send(body as unknown as string);
  };

  it('answers what became of the rows once they are committed', async () => {
    const response = await post(
      LOGS,
      Buffer.concat([ndjson, Buffer.from('\n{')]),
    );
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      counted: 2,
      repeated: 0,
      ignored: 0,
      rejected: { garbage: 1 },
    });
    expect(committed.map(({ count }) => count)).toEqual([2]);
  });

  it('takes arrays and gzip, and verifies the bytes as they came', async () => {
    const array = Buffer.from(JSON.stringify(rows));
    expect((await post(LOGS, array)).status).toBe(200);
    const gzip = gzipSync(ndjson);
    const headers = { 'content-encoding': 'gzip' };
    expect((await post(LOGS, gzip, headers)).status).toBe(200);
    const inflated = { ...headers, signature: sign(ndjson, 'secret') };
    expect((await post(LOGS, gzip, inflated)).status).toBe(401);
    expect(committed.map(({ count }) => count)).toEqual([2, 2]);
  });

  it('answers traces as OTLP says', async () => {
    const exported = traceExport({
      at,
      durationMs: 5,
      traceId: 'f'.repeat(32),
    });
    const body = Buffer.from(JSON.stringify(exported));
    const taken = await post(TRACES, body);
    expect([taken.status, taken.body]).toEqual([200, {}]);
    const broken = Buffer.from(
      JSON.stringify({ resourceSpans: [exported, null] }),
    );
    const partly = await post(TRACES, broken);
    expect([partly.status, partly.body]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '1', errorMessage: '1 garbage' } },
    ]);
  });

  it.each([
    ['without a signature', ''],
    ['with that of another secret', sign(ndjson, 'guess')],
    ['with that of the other drain', sign(ndjson, 'trace secret')],
    ['with a shortened one', sign(ndjson, 'secret').slice(0, 20)],
    ['with one in capitals', sign(ndjson, 'secret').toUpperCase()],
    ['with one that is no hex', 'z'.repeat(40)],
  ])('refuses a delivery %s', async (_, signature) => {
    const response = await post(LOGS, ndjson, { signature });
    expect(response.status).toBe(401);
    expect(committed).toEqual([]);
  });

  it('takes a delivery that was signed with any of its secrets', async () => {
    const signature = sign(ndjson, 'old secret');
    expect((await post(LOGS, ndjson, { signature })).status).toBe(200);
  });

  it('refuses a delivery of which one byte was changed', async () => {
    const changed = Buffer.from(ndjson);
    changed[20] += 1;
    const signature = sign(ndjson, 'secret');
    expect((await post(LOGS, changed, { signature })).status).toBe(401);
  });

  it.each([
    ['garbage', LOGS, Buffer.from('<html>'), {}],
    ['nothing', LOGS, Buffer.alloc(0), {}],
    ['no gzip', LOGS, ndjson, { 'content-encoding': 'gzip' }],
    ['an unknown encoding', LOGS, ndjson, { 'content-encoding': 'br' }],
    ['garbage for traces', TRACES, Buffer.from('{}'), {}],
  ])('answers 400 to %s', async (_, path, body, headers) => {
    const response = await post(path, body, headers);
    expect(response.status).toBe(400);
    expect(response.body.error.name).toBe('InputError');
  });

  it('answers 413 to more than 50 MB after inflation', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_001, ' '));
    const headers = { 'content-encoding': 'gzip' };
    const response = await post(LOGS, bomb, headers);
    expect(response.status).toBe(413);
    expect(response.body.error.message).toMatch(/after inflation/);
  });

  it.each([
    ['told', true],
    ['not told', false],
  ])(
    'answers 413 to more than 10 MB when their length is %s, before it has read them',
    async (_, isTold) => {
      const server = createServer(createApp()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const call = httpRequest({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: LOGS,
        headers: {
          'x-vercel-signature': 'a'.repeat(40),
          ...(isTold ? { 'content-length': 500_000_000 } : {}),
        },
      });
      const answered = once(call, 'response');
      // Never ends: only a server that does not wait for the end answers. No
      // byte too many, because a connection that is closed on unread ones is
      // reset, which may overtake the answer.
      call.write(isTold ? 'x' : Buffer.alloc(10_000_001, 'x'));
      const [response] = await answered;
      expect(response.statusCode).toBe(413);
      call.destroy();
      server.closeAllConnections();
      server.close();
    },
  );

  it.each([
    ['is missing', {}],
    ['is no signature', { 'x-vercel-signature': 'forged' }],
  ])('reads no body when the signature %s', async (_, headers) => {
    const server = createServer(createApp()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const call = httpRequest({
      ...{ port, host: '127.0.0.1', method: 'POST', path: LOGS },
      headers: { ...headers, 'content-length': 1_000_000 },
    });
    call.on('error', () => {});
    const answered = once(call, 'response');
    // The rest never comes.
    call.write('x');
    const [response] = await answered;
    expect(response.statusCode).toBe(401);
    call.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('holds no more than 64 MB that is not verified, and takes more once it is gone', async () => {
    const server = createServer(createApp()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const block = Buffer.alloc(9_900_000, 'x');
    const answers: Promise<number>[] = [];
    const calls = Array.from({ length: 7 }, () => {
      const call = httpRequest({
        ...{ port, host: '127.0.0.1', method: 'POST', path: LOGS },
        headers: { 'x-vercel-signature': 'a'.repeat(40) },
      });
      call.on('error', () => {});
      answers.push(
        once(call, 'response').then(([response]) => {
          expect(response.headers['retry-after']).toBe('10');
          return response.statusCode;
        }),
      );
      call.write(block);
      return call;
    });
    expect(await Promise.race(answers)).toBe(503);
    for (const call of calls) call.destroy();
    for (const answer of answers) answer.catch(() => {});
    const send = () =>
      supertest(server)
        .post(LOGS)
        .set('content-type', 'application/x-ndjson')
        .set('x-vercel-signature', sign(ndjson, 'secret'))
        .send(ndjson.toString());
    let status = 0;
    while (status !== 200) ({ status } = await send());
    server.closeAllConnections();
    server.close();
  });

  it('answers 503 when nothing could be committed, so that it is sent again', async () => {
    failure = new Error('password of the database');
    const response = await post(LOGS, ndjson);
    expect(response.status).toBe(503);
    expect(response.text).toMatch(/Send them again later/);
  });
});
