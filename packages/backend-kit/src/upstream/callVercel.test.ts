import {
  mockServices,
  registerMswTestHooks,
} from '@backstage/backend-test-utils';
import { projectsGetProject } from '@vercel/sdk/funcs/projectsGetProject.js';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { z } from 'zod';
import { callVercel, fetchVercel } from './callVercel';
import { createVercelClient } from './createVercelClient';
import { findUpstreamFailure } from './upstreamErrors';

const url = 'http://vercel.test/v9/projects/shop';
const schema = z.object({ id: z.string().min(1) });
const drifted = { id: 'prj_1', name: 'shop', tier: 'brand-new-tier' };

describe('callVercel', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const logger = mockServices.logger.mock();
  const client = createVercelClient({
    token: 'secret-token',
    apiBaseUrl: 'http://vercel.test',
    teamId: 'team_acme',
    logger,
    limits: { initialBackoffMs: 1, maxRetryAfterSeconds: 1 },
  });
  let calls = 0;

  beforeEach(() => {
    calls = 0;
    jest.clearAllMocks();
  });

  function answer(...replies: Array<() => Response | Promise<Response>>) {
    server.use(
      http.get(url, () => replies[Math.min(calls++, replies.length - 1)]()),
    );
  }

  const getProject = (options: { signal?: AbortSignal } = {}) =>
    callVercel(client, {
      what: "read project 'shop'",
      run: (core, requestOptions) =>
        projectsGetProject(
          core,
          { idOrName: 'shop', teamId: client.teamId },
          requestOptions,
        ),
      schema,
      ...options,
    });

  const failWith =
    (status: number, message = 'because', headers = {}) =>
    () =>
      HttpResponse.json(
        { error: { code: 'some_code', message } },
        { status, headers },
      );

  it('uses an answer that the SDK finds drifted, and logs the drift', async () => {
    let request: Request | undefined;
    server.use(
      http.get(url, info => {
        request = info.request;
        return HttpResponse.json(drifted);
      }),
    );

    await expect(getProject()).resolves.toEqual({ id: 'prj_1' });
    expect(request?.headers.get('authorization')).toBe('Bearer secret-token');
    expect(new URL(request?.url ?? '').searchParams.get('teamId')).toBe(
      'team_acme',
    );
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining("differs from the SDK's schema"),
    );
  });

  it('uses a success with another status than the SDK expects', async () => {
    answer(() => HttpResponse.json(drifted, { status: 202 }));
    await expect(getProject()).resolves.toEqual({ id: 'prj_1' });
  });

  it.each([
    [400, 'InputError', 'did not accept'],
    [401, 'ServiceUnavailableError', "Check that 'vercel.token' is valid"],
    [402, 'ServiceUnavailableError', 'plan or the quota'],
    [403, 'ServiceUnavailableError', "Check that 'vercel.token' is valid"],
    [404, 'NotFoundError', 'has nothing to'],
    [409, 'ConflictError', 'could not'],
    [422, 'InputError', 'did not accept'],
  ])('maps %s to %s without trying again', async (status, name, text) => {
    answer(failWith(status));

    const error = await getProject().catch(e => e);

    expect(error).toMatchObject({ name });
    expect(error.message).toContain(text);
    expect(error.message).toContain("read project 'shop'");
    expect(error.message).toContain('because');
    expect(error.message).not.toContain('secret-token');
    expect(error).not.toHaveProperty('status');
    expect(error).not.toHaveProperty('statusCode');
    expect(error.cause).toBeInstanceOf(Error);
    expect(findUpstreamFailure(error)).toMatchObject({ status });
    expect(calls).toBe(1);
  });

  it('waits out a short Retry-After and then succeeds', async () => {
    answer(failWith(429, 'slow down', { 'retry-after': '0' }), () =>
      HttpResponse.json(drifted),
    );
    await expect(getProject()).resolves.toEqual({ id: 'prj_1' });
    expect(calls).toBe(2);
  });

  it('gives up at once when Retry-After is longer than our patience', async () => {
    answer(failWith(429, 'slow down', { 'retry-after': '3600' }));
    await expect(getProject()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('Try again in 3600 s'),
    });
    expect(calls).toBe(1);
  });

  it('tries a 500 again, three times in all', async () => {
    answer(failWith(500, 'oops'));
    await expect(getProject()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('(500): oops'),
    });
    expect(calls).toBe(3);
  });

  it('recovers when a 500 passes', async () => {
    answer(failWith(500), () => HttpResponse.json(drifted));
    await expect(getProject()).resolves.toEqual({ id: 'prj_1' });
  });

  it.each([
    ['HTML', () => HttpResponse.html('<h1>Bad gateway</h1>')],
    [
      'broken JSON',
      () =>
        new HttpResponse('{', {
          headers: { 'content-type': 'application/json' },
        }),
    ],
    [
      'JSON without the fields we need',
      () => HttpResponse.json({ oops: true }),
    ],
    ['nothing', () => new HttpResponse(null, { status: 200 })],
  ])('treats %s as no answer', async (_name, reply) => {
    answer(reply);
    await expect(getProject()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    expect(calls).toBe(3);
  });

  it('ends a call that is never answered', async () => {
    const hanging = createVercelClient({
      token: 't',
      apiBaseUrl: 'http://vercel.test',
      limits: { timeoutMs: 20, maxAttempts: 1 },
    });
    answer(() => new Promise<Response>(() => {}));
    await expect(
      callVercel(hanging, {
        what: 'read',
        run: (core, options) =>
          projectsGetProject(core, { idOrName: 'shop' }, options),
        schema,
      }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('no answer within 0.02 s'),
    });
  });

  it('says why it could not connect', async () => {
    answer(() => HttpResponse.error());
    await expect(getProject()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('Check that it is reachable'),
    });
    expect(calls).toBe(3);
  });

  it('stops with the reason of the caller when aborted', async () => {
    const controller = new AbortController();
    answer(() => {
      controller.abort(new Error('lease lost'));
      return failWith(500)();
    });
    await expect(getProject({ signal: controller.signal })).rejects.toThrow(
      'lease lost',
    );
    expect(calls).toBe(1);
  });

  it('does not repeat a call that must not happen twice', async () => {
    server.use(
      http.post('http://vercel.test/v11/projects', () => {
        calls++;
        return failWith(500)();
      }),
    );
    await expect(
      callVercel(client, {
        what: "create project 'shop'",
        run: (core, options) =>
          projectsCreateProject(
            core,
            { requestBody: { name: 'shop' } },
            options,
          ),
        schema,
        retry: 'never',
      }),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    expect(calls).toBe(1);
  });
});

describe('fetchVercel', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const client = createVercelClient({
    token: 'secret-token',
    apiBaseUrl: 'http://vercel.test',
    teamId: 'team_acme',
    limits: { initialBackoffMs: 1, maxAttempts: 2 },
  });
  const stores = 'http://vercel.test/v1/storage/stores';
  const list = () =>
    fetchVercel(client, {
      what: 'list stores',
      path: '/v1/storage/stores?limit=1',
      schema: z.object({ stores: z.array(z.unknown()) }),
    });

  it('asks with the token, for the team', async () => {
    server.use(
      http.get(stores, ({ request }) => {
        const { searchParams } = new URL(request.url);
        return request.headers.get('authorization') === 'Bearer secret-token' &&
          searchParams.get('teamId') === 'team_acme' &&
          searchParams.get('limit') === '1'
          ? HttpResponse.json({ stores: [1] })
          : new HttpResponse(null, { status: 401 });
      }),
    );
    await expect(list()).resolves.toEqual({ stores: [1] });
  });

  it('sends a body and takes an empty answer', async () => {
    let sent: unknown;
    server.use(
      http.post(stores, async ({ request }) => {
        sent = await request.json();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    await expect(
      fetchVercel(client, {
        what: 'create store',
        method: 'POST',
        path: '/v1/storage/stores',
        body: { name: 'a' },
        schema: z.undefined(),
      }),
    ).resolves.toBeUndefined();
    expect(sent).toEqual({ name: 'a' });
  });

  it.each([
    ['NotFoundError', () => new HttpResponse(null, { status: 404 })],
    ['ServiceUnavailableError', () => new HttpResponse('<html>')],
    [
      'ServiceUnavailableError',
      () => HttpResponse.json({ error: { message: 'no' } }, { status: 403 }),
    ],
  ])('maps failures to %s', async (name, reply) => {
    server.use(http.get(stores, reply));
    await expect(list()).rejects.toMatchObject({ name });
  });
});
