/** @jest-environment node */
import { DeploymentsClient, type DeploymentsApi } from './DeploymentsClient';

const options = { token: 'secret' };

describe('DeploymentsClient', () => {
  const requests: { line: string; token?: string; body: string }[] = [];
  let answer = { status: 200, chunks: [Buffer.from('{}')] };

  const client = new DeploymentsClient({
    discoveryApi: { getBaseUrl: async id => `http://portal.test/api/${id}` },
    fetchApi: {
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const { pathname, search } = new URL(request.url);
        requests.push({
          line: `${request.method} ${pathname}${search}`,
          token: request.headers.get('authorization') ?? undefined,
          body: await request.text(),
        });
        const { chunks, status } = answer;
        const body = new ReadableStream({
          start(controller) {
            for (const chunk of chunks) controller.enqueue(chunk);
            controller.close();
          },
        });
        return new Response(body, {
          status,
          headers: { 'content-type': 'application/json' },
        });
      },
    },
  });

  beforeEach(() => {
    requests.length = 0;
    answer = { status: 200, chunks: [Buffer.from('{}')] };
  });

  const id = 'vercel:dpl/1';
  const entityRef = 'component:default/shop';

  it.each<[string, (api: DeploymentsApi) => Promise<unknown>, string?]>([
    [
      'GET /deployments?entityRef=component%3Adefault%2Fshop&environment=qa&cursor=c&limit=5&state=ready&state=failed',
      api =>
        api.listDeployments(
          {
            entityRef,
            environment: 'qa',
            cursor: 'c',
            limit: 5,
            states: ['ready', 'failed'],
          },
          options,
        ),
    ],
    [
      'GET /deployments?entityRef=component%3Adefault%2Fshop',
      api => api.listDeployments({ entityRef }, options),
    ],
    [
      'GET /deployments/vercel%3Adpl%2F1',
      api => api.getDeployment({ id }, options),
    ],
    [
      'GET /status?entityRef=component%3Adefault%2Fshop',
      api => api.getEntityStatus({ entityRef }, options),
    ],
    [
      'POST /deployments/vercel%3Adpl%2F1/redeploy',
      api => api.redeploy({ id }, options),
    ],
    [
      'POST /deployments/vercel%3Adpl%2F1/promote',
      api => api.promoteDeployment({ id }, options),
    ],
    [
      'POST /deployments/vercel%3Adpl%2F1/promote',
      api => api.promoteDeployment({ id, environment: 'staging' }, options),
      '{"environment":"staging"}',
    ],
    [
      'POST /reconcile',
      api => api.reconcileEntity({ entityRef }, options),
      '{"entityRef":"component:default/shop"}',
    ],
  ])('speaks %s', async (line, call, body = '') => {
    await call(client);
    expect(requests).toEqual([
      {
        line: line.replace(' /', ' /api/deployments/'),
        token: 'Bearer secret',
        body,
      },
    ]);
  });

  it('tells what the backend answered when it refuses', async () => {
    answer = {
      status: 409,
      chunks: [
        Buffer.from(
          JSON.stringify({
            error: { name: 'ConflictError', message: 'It is already live' },
            response: { statusCode: 409 },
          }),
        ),
      ],
    };
    await expect(client.promoteDeployment({ id })).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { message: 'It is already live' } },
    });
    expect(requests[0].token).toBeUndefined();
  });

  it('yields a log line by line, however the bytes were cut', async () => {
    const line = (sequence: number, text: string) => ({
      sequence,
      at: '2026-11-21T09:00:00.000Z',
      stream: 'stdout',
      text,
    });
    const bytes = Buffer.from(
      `${JSON.stringify(line(1, 'grün'))}\n\n${JSON.stringify(line(2, 'done'))}\n`,
    );
    const middleOfLetter = bytes.indexOf('ü') + 1;
    answer = {
      status: 200,
      chunks: [
        bytes.subarray(0, middleOfLetter),
        bytes.subarray(middleOfLetter),
      ],
    };
    const lines = [];
    for await (const got of client.streamBuildLog({ id, follow: true })) {
      lines.push(got);
    }
    expect(lines).toEqual([line(1, 'grün'), line(2, 'done')]);
    expect(requests[0].line).toBe(
      'GET /api/deployments/deployments/vercel%3Adpl%2F1/log?follow=true',
    );
  });
});
