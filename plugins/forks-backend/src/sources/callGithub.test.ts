import {
  mockServices,
  registerMswTestHooks,
} from '@backstage/backend-test-utils';
import { findUpstreamFailure } from '@forkyard/backend-kit';
import { Octokit } from '@octokit/rest';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { z } from 'zod';
import { callGithub } from './callGithub';

describe('callGithub', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  let calls = 0;

  const reply = (...replies: Array<() => Response>) => {
    calls = 0;
    server.use(
      http.get('http://github.test/repos/acme/shop', () =>
        replies[Math.min(calls++, replies.length - 1)](),
      ),
    );
  };

  const silent = () => {};
  const ask = () =>
    callGithub(
      {
        getOctokit: async () =>
          new Octokit({
            baseUrl: 'http://github.test',
            auth: 'the-token',
            log: { debug: silent, info: silent, warn: silent, error: silent },
          }),
        credentialsHint: 'Check the credentials.',
        logger: mockServices.logger.mock(),
        limits: { initialBackoffMs: 1, maxRetryAfterSeconds: 1 },
      },
      {
        what: "read repository 'acme/shop'",
        run: (octokit, request) =>
          octokit.rest.repos.get({ owner: 'acme', repo: 'shop', request }),
        schema: z.object({ id: z.number() }),
      },
    );

  it('gives the fields that are asked for', async () => {
    reply(() => HttpResponse.json({ id: 1, more: true }));
    await expect(ask()).resolves.toEqual({ id: 1 });
  });

  it('shows the errors beneath "Validation Failed"', async () => {
    reply(() =>
      HttpResponse.json(
        {
          message: 'Validation Failed',
          errors: [{ message: 'name already exists on this account' }, 'odd'],
        },
        { status: 422 },
      ),
    );
    await expect(ask()).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(
        'Validation Failed: name already exists on this account: odd',
      ),
    });
  });

  it('knows a rate limit that comes as 403, and waits when it is short', async () => {
    const limited = (headers: Record<string, string>) => () =>
      HttpResponse.json(
        { message: 'secondary rate limit' },
        { status: 403, headers },
      );
    reply(limited({ 'retry-after': '0' }), () => HttpResponse.json({ id: 1 }));
    await expect(ask()).resolves.toEqual({ id: 1 });
    expect(calls).toBe(2);

    const reset = String(Math.floor(Date.now() / 1000) + 600);
    reply(
      limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
    );
    const error = await ask().catch(e => e);
    expect(error.message).toMatch(
      /limiting our requests.*Try again in (59\d|60\d) s/,
    );
    expect(findUpstreamFailure(error)?.status).toBe(429);
    expect(calls).toBe(1);
  });

  it('takes a plain 403 for what it is', async () => {
    reply(() => HttpResponse.json({ message: 'Forbidden' }, { status: 403 }));
    const error = await ask().catch(e => e);
    expect(error).toMatchObject({ name: 'ServiceUnavailableError' });
    expect(error.message).toContain('Forbidden. Check the credentials.');
    expect(error.message).not.toContain('the-token');
  });

  it.each([
    ['no JSON', () => HttpResponse.html('<h1>oops</h1>')],
    ['something else', () => HttpResponse.json({ id: 'x' })],
    ['a broken connection', () => HttpResponse.error() as Response],
  ])(
    'tries again when it gets %s, and then gives up',
    async (_case, answer) => {
      reply(answer);
      await expect(ask()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
      expect(calls).toBe(3);
    },
  );
});
