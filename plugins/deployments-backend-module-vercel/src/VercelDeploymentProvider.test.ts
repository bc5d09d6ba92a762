import type { Entity } from '@backstage/catalog-model';
import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { delay, http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from './__testUtils__/createTestProvider';

const API = 'https://vercel.test';
const PROJECT = { provider: 'vercel', projectId: 'prj_1', teamId: 'team_1' };

const server = setupServer();

function entity(annotations: Record<string, string> = {}): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'shop', annotations },
  };
}

const answer = (path: string, body: JsonBodyType, status = 200) =>
  http.get(`${API}${path}`, () => HttpResponse.json(body, { status }));

/** The least that Vercel tells of a deployment, in the words of its list. */
function item(uid: string, more: object = {}) {
  return {
    uid,
    name: 'shop',
    projectId: 'prj_1',
    url: `${uid}.vercel.app`,
    created: Date.parse('2026-11-21T09:00:00Z'),
    readyState: 'READY',
    target: 'production',
    ...more,
  };
}

/** The same as a single answer tells it. */
const single = (id: string, more: object = {}) => {
  const { created, ...rest } = { ...item(id, more), id };
  return { ...rest, createdAt: created };
};

describe('VercelDeploymentProvider', () => {
  registerMswTestHooks(server);
  const create = (patience?: 'little') =>
    createTestProvider({ apiBaseUrl: API, teamId: 'team_1', patience });

  describe('resolveProject', () => {
    it('asks Vercel once for the id behind a name', async () => {
      const asked: string[] = [];
      server.use(
        http.get(`${API}/v9/projects/:name`, ({ request, params }) => {
          asked.push(`${params.name} ${new URL(request.url).search}`);
          return HttpResponse.json({ id: 'prj_1', name: 'shop' });
        }),
      );
      const { provider } = create();
      const shop = entity({ 'vercel.com/project-id': 'shop' });
      expect(await provider.resolveProject(shop)).toEqual(PROJECT);
      expect(await provider.resolveProject(shop)).toEqual(PROJECT);
      expect(asked).toEqual(['shop ?teamId=team_1']);
    });

    it("prefers the entity's own team", async () => {
      server.use(answer('/v9/projects/shop', { id: 'prj_2' }));
      const resolved = await create().provider.resolveProject(
        entity({
          'vercel.com/project-id': 'shop',
          'vercel.com/team-id': 'team_2',
        }),
      );
      expect(resolved).toMatchObject({ projectId: 'prj_2', teamId: 'team_2' });
    });

    it('leaves an entity alone that names no project', async () => {
      expect(await create().provider.resolveProject(entity())).toBeUndefined();
    });

    it('looks a name up anew when its project is gone', async () => {
      let id = 'prj_old';
      server.use(
        http.get(`${API}/v9/projects/:name`, ({ params }) =>
          params.name === 'shop' || params.name === id
            ? HttpResponse.json({ id })
            : HttpResponse.json({ error: { message: 'no' } }, { status: 404 }),
        ),
      );
      const { provider } = create();
      const shop = entity({ 'vercel.com/project-id': 'shop' });
      const old = await provider.resolveProject(shop);
      id = 'prj_new';
      await expect(provider.listEnvironments(old!)).rejects.toThrow(
        /nothing to read project 'prj_old'/,
      );
      expect(await provider.resolveProject(shop)).toMatchObject({
        projectId: 'prj_new',
      });
    });
  });

  describe('listDeployments', () => {
    it('follows pages until it has enough, and gives the newest first', async () => {
      const pages: string[] = [];
      server.use(
        http.get(`${API}/v7/deployments`, ({ request }) => {
          const query = new URL(request.url).searchParams;
          pages.push(`${query.get('limit')} ${query.get('until')}`);
          const isFirst = !query.has('until');
          const count = isFirst ? 100 : 50;
          const start = isFirst ? 0 : 100;
          return HttpResponse.json({
            deployments: Array.from({ length: count }, (_, i) =>
              item(`dpl_${start + i}`, { created: 1_000_000 - start - i }),
            ),
            pagination: { count, next: 999_901, prev: null },
          });
        }),
      );
      const found = await create().provider.listDeployments(PROJECT, {
        limit: 150,
      });
      expect(pages).toEqual(['100 null', '50 999901']);
      expect(found).toHaveLength(150);
      expect(found[0].externalId).toBe('dpl_0');
    });

    it('leaves out what is older than asked for, even when Vercel does not', async () => {
      server.use(
        answer('/v7/deployments', {
          deployments: [
            item('dpl_old', { created: Date.parse('2026-11-20T00:00:00Z') }),
            item('dpl_new'),
          ],
          pagination: { next: null },
        }),
      );
      const found = await create().provider.listDeployments(PROJECT, {
        limit: 10,
        since: new Date('2026-11-21T00:00:00Z'),
      });
      expect(found.map(({ externalId }) => externalId)).toEqual(['dpl_new']);
    });

    it('tells everything that Vercel knows', async () => {
      server.use(
        answer('/v7/deployments', {
          deployments: [
            item('dpl_1', {
              creator: { uid: 'u1', username: 'ana' },
              buildingAt: Date.parse('2026-11-21T09:00:05Z'),
              ready: Date.parse('2026-11-21T09:00:30Z'),
              inspectorUrl: 'https://vercel.com/acme/shop/1',
              meta: {
                githubCommitSha: 'a'.repeat(40),
                githubCommitMessage: 'Fix token refund\n\nAnd more.',
                githubCommitAuthorLogin: 'ana',
                githubCommitRef: 'main',
                githubOrg: 'acme',
                githubRepo: 'shop',
              },
            }),
          ],
        }),
      );
      const [found] = await create().provider.listDeployments(PROJECT, {
        limit: 1,
      });
      expect(found).toEqual({
        externalId: 'dpl_1',
        environment: 'production',
        state: 'ready',
        url: 'https://dpl_1.vercel.app',
        commit: {
          sha: 'a'.repeat(40),
          message: 'Fix token refund',
          author: 'ana',
          ref: 'main',
          url: `https://github.com/acme/shop/commit/${'a'.repeat(40)}`,
        },
        creator: 'ana',
        createdAt: new Date('2026-11-21T09:00:00Z'),
        buildingAt: new Date('2026-11-21T09:00:05Z'),
        readyAt: new Date('2026-11-21T09:00:30Z'),
        errorMessage: undefined,
        inspectorUrl: 'https://vercel.com/acme/shop/1',
      });
    });
  });

  describe('getDeployment', () => {
    it("does not give another project's deployment", async () => {
      server.use(
        answer(
          '/v13/deployments/dpl_1',
          single('dpl_1', { projectId: 'prj_2' }),
        ),
      );
      await expect(
        create().provider.getDeployment(PROJECT, 'dpl_1'),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });

  it('keeps everything of a deployment of which one field is new', async () => {
    server.use(
      answer(
        '/v13/deployments/dpl_1',
        single('dpl_1', {
          readyState: 'TELEPORTING',
          source: 'dream',
          meta: { githubCommitSha: 'c'.repeat(40) },
        }),
      ),
    );
    expect(
      await create().provider.getDeployment(PROJECT, 'dpl_1'),
    ).toMatchObject({ state: 'building', commit: { sha: 'c'.repeat(40) } });
  });

  it.each([
    ['no deployment', '{}'],
    ['no JSON', '<html>'],
  ])('does not take %s for a deployment', async (_, body) => {
    server.use(
      http.get(`${API}/v13/deployments/dpl_1`, () => new HttpResponse(body)),
    );
    await expect(
      create().provider.getDeployment(PROJECT, 'dpl_1'),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });

  describe('listEnvironments', () => {
    const list = async (project: object) => {
      server.use(answer('/v9/projects/prj_1', { id: 'prj_1', ...project }));
      return create().provider.listEnvironments(PROJECT);
    };

    it("names what is live, with people's own domain first", async () => {
      expect(
        await list({
          targets: {
            production: {
              id: 'dpl_1',
              readyState: 'READY',
              readySubstate: 'PROMOTED',
              alias: [
                'shop-acme.vercel.app',
                'shop.vercel.app',
                'www.shop.dev',
              ],
            },
          },
        }),
      ).toEqual([
        {
          environment: 'production',
          liveExternalId: 'dpl_1',
          aliases: [
            'https://www.shop.dev',
            'https://shop.vercel.app',
            'https://shop-acme.vercel.app',
          ],
        },
      ]);
    });

    it.each([
      ['nothing was deployed yet', { targets: {} }],
      ['targets are absent', {}],
      [
        'it is only staged',
        {
          targets: {
            production: {
              id: 'dpl_1',
              readyState: 'READY',
              readySubstate: 'STAGED',
            },
          },
        },
      ],
      [
        'it is still building',
        { targets: { production: { id: 'dpl_1', readyState: 'BUILDING' } } },
      ],
    ])('says that nothing is live when %s', async (_, project) => {
      const [production] = await list(project);
      expect(production.liveExternalId).toBeUndefined();
    });

    it('takes the newest ready deployment of a custom environment', async () => {
      server.use(
        http.get(`${API}/v7/deployments`, ({ request }) => {
          const query = new URL(request.url).searchParams;
          return query.get('target') === 'staging' &&
            query.get('state') === 'READY'
            ? HttpResponse.json({ deployments: [item('dpl_9')] })
            : HttpResponse.json({ deployments: [] });
        }),
      );
      const environments = await list({
        customEnvironments: [
          { slug: 'staging', domains: [{ name: 'staging.shop.dev' }] },
        ],
      });
      expect(environments[1]).toEqual({
        environment: 'staging',
        liveExternalId: 'dpl_9',
        aliases: ['https://staging.shop.dev'],
      });
    });
  });

  describe('redeploy', () => {
    it('builds the same sources for the same environment again', async () => {
      const bodies: unknown[] = [];
      server.use(
        answer('/v13/deployments/dpl_1', single('dpl_1')),
        http.post(`${API}/v13/deployments`, async ({ request }) => {
          bodies.push(await request.json());
          return HttpResponse.json({ id: 'dpl_2', readyState: 'QUEUED' });
        }),
        answer(
          '/v13/deployments/dpl_2',
          single('dpl_2', { readyState: 'QUEUED' }),
        ),
      );
      const created = await create().provider.redeploy(PROJECT, 'dpl_1');
      expect(created).toMatchObject({ externalId: 'dpl_2', state: 'queued' });
      expect(bodies).toEqual([
        {
          name: 'shop',
          project: 'prj_1',
          deploymentId: 'dpl_1',
          target: 'production',
        },
      ]);
    });

    it('asks only once, because a lost answer must not become two deployments', async () => {
      let asked = 0;
      server.use(
        answer('/v13/deployments/dpl_1', single('dpl_1')),
        http.post(`${API}/v13/deployments`, () => {
          asked += 1;
          return HttpResponse.json({}, { status: 500 });
        }),
      );
      await expect(
        create().provider.redeploy(PROJECT, 'dpl_1'),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
      expect(asked).toBe(1);
    });
  });

  it.each([
    [true, { autoAssignCustomDomains: false }],
    [false, { autoAssignCustomDomains: true }],
  ])('asks for staging (%s) and nothing else', async (isStaged, expected) => {
    const bodies: unknown[] = [];
    server.use(
      http.patch(`${API}/v9/projects/prj_1`, async ({ request }) => {
        bodies.push([
          new URL(request.url).searchParams.get('teamId'),
          await request.json(),
        ]);
        return HttpResponse.json({ id: 'prj_1' });
      }),
      http.get(`${API}/v2/projects/prj_1/checks`, () =>
        HttpResponse.json({ checks: [] }),
      ),
    );
    await create().provider.setStaging(PROJECT, { isStaged });
    expect(bodies).toEqual([['team_1', expected]]);
  });

  describe('when Vercel is in trouble', () => {
    const read = (patience?: 'little') =>
      create(patience).provider.listDeployments(PROJECT, { limit: 1 });

    it.each([
      [401, 'ServiceUnavailableError', /vercel\.token/],
      [403, 'ServiceUnavailableError', /vercel\.token/],
      [404, 'NotFoundError', /list deployments of project 'prj_1'/],
      [409, 'ConflictError', /Said by Vercel/],
      [422, 'InputError', /Said by Vercel/],
      [500, 'ServiceUnavailableError', /Said by Vercel/],
    ])('turns a %s into a %s', async (status, name, message) => {
      server.use(
        answer(
          '/v7/deployments',
          { error: { code: 'x', message: 'Said by Vercel' } },
          status,
        ),
      );
      const error = await read().catch(e => e);
      expect(error).toMatchObject({
        name,
        message: expect.stringMatching(message),
      });
      expect(error.statusCode).toBeUndefined();
    });

    it('waits as long as Vercel asks, when that is short', async () => {
      let asked = 0;
      server.use(
        http.get(`${API}/v7/deployments`, () => {
          asked += 1;
          return asked === 1
            ? HttpResponse.json(
                {},
                { status: 429, headers: { 'retry-after': '0' } },
              )
            : HttpResponse.json({ deployments: [item('dpl_1')] });
        }),
      );
      expect(await read()).toHaveLength(1);
    });

    it('gives up when Vercel asks to wait long', async () => {
      server.use(
        http.get(`${API}/v7/deployments`, () =>
          HttpResponse.json(
            {},
            { status: 429, headers: { 'retry-after': '3600' } },
          ),
        ),
      );
      await expect(read()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringContaining('3600 s'),
      });
    });

    it.each([
      ['no JSON', () => new HttpResponse('<html>down for maintenance</html>')],
      [
        'JSON of another shape',
        () => HttpResponse.json({ deployments: 'many' }),
      ],
      ['a broken connection', () => HttpResponse.error()],
      [
        'nothing at all',
        async () => {
          await delay('infinite');
          return new HttpResponse();
        },
      ],
    ])('says so when Vercel sends %s', async (_, respond) => {
      server.use(http.get(`${API}/v7/deployments`, respond));
      await expect(read('little')).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
    });

    it('uses an answer that the SDK rejects for something nobody reads', async () => {
      server.use(
        answer('/v7/deployments', {
          deployments: [item('dpl_1', { type: 'SOMETHING_NEW', source: 7 })],
        }),
      );
      expect(await read()).toMatchObject([{ externalId: 'dpl_1' }]);
    });
  });
});
