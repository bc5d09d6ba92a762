import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from '../__testUtils__/createTestProvider';
import { signAsVercel } from '@forkyard/backend-kit';

const API = 'https://vercel.test';
const URL_OF_OURS = 'https://portal.test/api/deployments/webhooks/vercel';

const server = setupServer();

/** Vercel's webhooks, with secrets that are told once. */
function serveWebhooks(options = { keepEvents: (events: string[]) => events }) {
  const hooks = new Map<
    string,
    { id: string; url: string; secret: string; events?: string[] }
  >();
  let count = 0;
  const add = (url: string, events?: string[]) => {
    count += 1;
    const id = `hook_${count}`;
    const hook = { id, url, secret: `secret of ${id}`, events };
    hooks.set(id, hook);
    return hook;
  };
  server.use(
    http.get(`${API}/v1/webhooks`, () =>
      HttpResponse.json(
        [...hooks.values()].map(({ secret: _, ...shown }) => shown),
      ),
    ),
    http.post(`${API}/v1/webhooks`, async ({ request }) => {
      const { url, events } = (await request.json()) as {
        url: string;
        events: string[];
      };
      return HttpResponse.json(add(url, options.keepEvents(events)));
    }),
    http.delete(`${API}/v1/webhooks/:id`, ({ params }) => {
      hooks.delete(String(params.id));
      return new HttpResponse(undefined, { status: 204 });
    }),
  );
  return { hooks, add };
}

const event = (more: object = {}) =>
  Buffer.from(
    JSON.stringify({
      id: 'evt_1',
      type: 'deployment.succeeded',
      createdAt: 1,
      region: 'iad1',
      payload: { project: { id: 'prj_1' }, deployment: { id: 'dpl_1' } },
      ...more,
    }),
  );

describe('VercelWebhooks', () => {
  registerMswTestHooks(server);

  const deliver = (
    { provider }: ReturnType<typeof createTestProvider>,
    rawBody: Buffer,
    secret: string,
  ) =>
    provider.parseWebhook({
      rawBody,
      headers: { 'x-vercel-signature': signAsVercel([rawBody], secret) },
    });

  it('subscribes once, and verifies deliveries with the secret that was told', async () => {
    const { hooks } = serveWebhooks();
    const test = createTestProvider({ apiBaseUrl: API });
    await test.provider.ensureWebhook({ url: URL_OF_OURS });
    await test.provider.ensureWebhook({ url: URL_OF_OURS });
    expect([...hooks.keys()]).toEqual(['hook_1']);
    expect(await deliver(test, event(), 'secret of hook_1')).toEqual({
      projectId: 'prj_1',
      externalId: 'dpl_1',
      eventId: 'evt_1',
    });
  });

  it('replaces a subscription of ours whose secret is lost, and no other', async () => {
    const { hooks, add } = serveWebhooks();
    add(URL_OF_OURS);
    add('https://somebody.else.test/');
    const test = createTestProvider({ apiBaseUrl: API });
    await test.provider.ensureWebhook({ url: URL_OF_OURS });
    expect([...hooks.values()].map(({ url }) => url).sort()).toEqual([
      URL_OF_OURS,
      'https://somebody.else.test/',
    ]);
    expect(hooks.has('hook_1')).toBe(false);
    expect(test.secrets.secrets).toHaveLength(1);
  });

  it('replaces a subscription from before there were rolling releases, once', async () => {
    const { hooks, add } = serveWebhooks({
      keepEvents: events => events.filter(name => /^deployment/.test(name)),
    });
    const test = createTestProvider({ apiBaseUrl: API });
    const old = add(URL_OF_OURS, ['deployment.created']);
    test.secrets.secrets.push({
      webhookId: old.id,
      url: old.url,
      secret: old.secret,
    });
    await test.provider.ensureWebhook({ url: URL_OF_OURS });
    await test.provider.ensureWebhook({ url: URL_OF_OURS });
    expect([...hooks.keys()]).toEqual(['hook_2']);
    expect(await deliver(test, event(), 'secret of hook_2')).toBeDefined();
  });

  it('leaves a subscription alone whose secret is in the configuration', async () => {
    const { hooks, add } = serveWebhooks();
    add(URL_OF_OURS);
    const test = createTestProvider({
      apiBaseUrl: API,
      configuredSecret: 'secret of hook_1',
    });
    await test.provider.ensureWebhook({ url: URL_OF_OURS });
    expect([...hooks.keys()]).toEqual(['hook_1']);
    expect(await deliver(test, event(), 'secret of hook_1')).toBeDefined();
  });

  it('subscribes to nothing without a place for the secret', async () => {
    serveWebhooks();
    const test = createTestProvider({ apiBaseUrl: API, withoutStore: true });
    await expect(
      test.provider.ensureWebhook({ url: URL_OF_OURS }),
    ).rejects.toThrow(/'deployments.encryptionKey' is missing/);
    const byHand = createTestProvider({
      apiBaseUrl: API,
      withoutStore: true,
      configuredSecret: 'by hand',
    });
    await byHand.provider.ensureWebhook({ url: URL_OF_OURS });
    expect(await deliver(byHand, event(), 'by hand')).toBeDefined();
  });

  it('says so when Vercel does not tell the secret', async () => {
    server.use(
      http.get(`${API}/v1/webhooks`, () => HttpResponse.json([])),
      http.post(`${API}/v1/webhooks`, () =>
        HttpResponse.json({ id: 'hook_1', url: URL_OF_OURS }),
      ),
    );
    const { provider } = createTestProvider({ apiBaseUrl: API });
    await expect(provider.ensureWebhook({ url: URL_OF_OURS })).rejects.toThrow(
      /without telling its secret/,
    );
  });

  describe('a delivery', () => {
    const create = () =>
      createTestProvider({ apiBaseUrl: API, configuredSecret: 's3cret' });

    it.each([
      ['without a signature', undefined],
      ['with two', ['a', 'b']],
      ['with that of another secret', signAsVercel([event()], 'guess')],
      ['with a shortened one', signAsVercel([event()], 's3cret').slice(0, 10)],
      ['with an empty one', ''],
      ['with one that is no hex', 'ä'.repeat(20)],
    ])('is refused %s', async (_, signature) => {
      await expect(
        create().provider.parseWebhook({
          rawBody: event(),
          headers: { 'x-vercel-signature': signature },
        }),
      ).rejects.toMatchObject({ name: 'AuthenticationError' });
    });

    it('is refused when one byte was changed', async () => {
      const signature = signAsVercel([event()], 's3cret');
      await expect(
        create().provider.parseWebhook({
          rawBody: event({ region: 'iad2' }),
          headers: { 'x-vercel-signature': signature },
        }),
      ).rejects.toMatchObject({ name: 'AuthenticationError' });
    });

    it('is refused while no secret is known', async () => {
      const test = createTestProvider({ apiBaseUrl: API });
      await expect(deliver(test, event(), '')).rejects.toMatchObject({
        name: 'AuthenticationError',
      });
    });

    it.each([
      ['no JSON', Buffer.from('<html>')],
      ['no event', Buffer.from('{"type":"deployment.ready"}')],
      ['a list', Buffer.from('[]')],
    ])('with %s is bad input', async (_, rawBody) => {
      await expect(deliver(create(), rawBody, 's3cret')).rejects.toMatchObject({
        name: 'InputError',
      });
    });

    it.each([
      ['of another kind', event({ type: 'domain.created' })],
      ['without a project', event({ payload: {} })],
    ])('%s asks for nothing', async (_, rawBody) => {
      expect(await deliver(create(), rawBody, 's3cret')).toBeUndefined();
    });

    it.each(['started', 'approved', 'completed', 'aborted'])(
      'of a rolling release that was %s asks to look at its project',
      async name => {
        const rawBody = event({
          type: `project.rolling-release.${name}`,
          payload: {
            projectId: 'prj_1',
            projectName: 'shop',
            rollingRelease: {
              state: 'ACTIVE',
              default: {
                baseDeploymentId: 'dpl_1',
                targetDeploymentId: 'dpl_2',
              },
            },
          },
        });
        expect(await deliver(create(), rawBody, 's3cret')).toEqual({
          projectId: 'prj_1',
          externalId: undefined,
          eventId: 'evt_1',
        });
      },
    );

    it('may name its project in the old way', async () => {
      const rawBody = event({
        payload: { projectId: 'prj_2', deploymentId: 'dpl_2' },
      });
      expect(await deliver(create(), rawBody, 's3cret')).toMatchObject({
        projectId: 'prj_2',
        externalId: 'dpl_2',
      });
    });
  });
});
