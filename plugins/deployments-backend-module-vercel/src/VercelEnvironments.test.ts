import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { startTestLocalCloud } from '@forkyard/local-cloud';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from './__testUtils__/createTestProvider';
import { ContractFixture } from './contract/ContractFixture';

const API = 'https://vercel.test';
const PROJECT = { provider: 'vercel', projectId: 'prj_1', teamId: 'team_1' };

const server = setupServer();

const answer = (path: string, body: JsonBodyType, status = 200) =>
  http.get(`${API}${path}`, () => HttpResponse.json(body, { status }));

describe('Environments beside production', () => {
  describe('at Vercel', () => {
    registerMswTestHooks(server);

    const create = () =>
      createTestProvider({ apiBaseUrl: API, teamId: 'team_1' }).provider;

    /** Plays a project, and keeps what is asked to be made. */
    function play(project: object, deployments: object[] = []) {
      const created: unknown[] = [];
      const origin = {
        id: 'dpl_1',
        name: 'shop',
        projectId: 'prj_1',
        createdAt: 1,
        readyState: 'READY',
      };
      server.use(
        answer('/v9/projects/prj_1', { id: 'prj_1', ...project }),
        answer('/v7/deployments', { deployments }),
        answer('/v13/deployments/dpl_1', origin),
        http.get(`${API}/v13/deployments/:id`, ({ params }) =>
          HttpResponse.json({ ...origin, id: params.id }),
        ),
        http.post(`${API}/v13/deployments`, async ({ request }) => {
          created.push(await request.json());
          return HttpResponse.json({ id: 'dpl_2' });
        }),
      );
      return created;
    }

    const refuse = (status: number, message: string) =>
      server.use(
        http.post(`${API}/v9/projects/prj_1/custom-environments`, () =>
          HttpResponse.json({ error: { code: 'x', message } }, { status }),
        ),
      );

    it.each([402, 403])(
      'names the plan when an environment is refused with %s',
      async status => {
        play({});
        refuse(status, 'Not on your plan.');
        await expect(
          create().ensureEnvironment(PROJECT, { environment: 'staging' }),
        ).rejects.toMatchObject({
          name: 'ConflictError',
          message: expect.stringMatching(
            /environment 'staging' of project 'prj_1' .*Not on your plan\. .*plan Pro/,
          ),
        });
      },
    );

    it('takes an environment that is there after all for made', async () => {
      let reads = 0;
      play({});
      refuse(400, 'Already exists');
      server.use(
        http.get(`${API}/v9/projects/prj_1`, () => {
          reads += 1;
          return HttpResponse.json({
            id: 'prj_1',
            customEnvironments: reads > 1 ? [{ slug: 'staging' }] : [],
          });
        }),
      );
      await create().ensureEnvironment(PROJECT, { environment: 'staging' });
      expect(reads).toBe(2);
    });

    it('passes other failures on, and asks nothing for what always exists', async () => {
      play({});
      refuse(500, 'Broken');
      const provider = create();
      await expect(
        provider.ensureEnvironment(PROJECT, { environment: 'staging' }),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
      await expect(
        provider.ensureEnvironment(PROJECT, { environment: 'development' }),
      ).rejects.toMatchObject({ name: 'InputError' });
      server.resetHandlers();
      await provider.ensureEnvironment(PROJECT, { environment: 'preview' });
    });

    const made = (more: object) => ({
      uid: 'dpl_made',
      created: Date.now() - 60_000,
      readyState: 'READY',
      meta: { forkyardSource: 'dpl_1' },
      ...more,
    });
    const old = { created: Date.now() - 3_600_000 };
    const keyed = { meta: { forkyardSource: 'dpl_0', forkyardRequest: 'k' } };

    it.each([
      ['is being built', made({ ...old, readyState: 'BUILDING' }), undefined],
      ['was made a minute ago', made({}), undefined],
      [
        'was made for the same key, and failed',
        made({ ...old, ...keyed, readyState: 'ERROR' }),
        'k',
      ],
    ])('makes no second build while one %s', async (_, known, key) => {
      const copy = { uid: 'dpl_copy', created: Date.now() };
      const created = play({}, [{ ...known, ...copy }, known]);
      const found = await create().deployTo(PROJECT, {
        externalId: 'dpl_1',
        environment: 'staging',
        key,
      });
      expect(found.externalId).toBe('dpl_made');
      expect(created).toEqual([]);
    });

    it.each([
      ['failed', made({ readyState: 'ERROR' }), undefined],
      ['is old', made(old), undefined],
      ['is of another deployment', made({ meta: {} }), undefined],
      ['was made without the key', made({}), 'k'],
      [
        'only says by its mark that it is built of the same',
        made({ readyState: 'BUILDING' }),
        'k',
      ],
      ['was made for another key', made(keyed), 'l'],
    ])('builds anew when the one there %s', async (_, known, key) => {
      const created = play({}, [known]);
      await create().deployTo(PROJECT, {
        externalId: 'dpl_1',
        environment: 'staging',
        key,
      });
      expect(created).toEqual([
        {
          name: 'shop',
          project: 'prj_1',
          deploymentId: 'dpl_1',
          customEnvironmentSlugOrId: 'staging',
          meta: {
            forkyardSource: 'dpl_1',
            ...(key && { forkyardRequest: key }),
          },
        },
      ]);
    });

    it('builds nothing for previews, and nothing of what is gone', async () => {
      play({});
      const request = { externalId: 'dpl_1', environment: 'preview' };
      await expect(create().deployTo(PROJECT, request)).rejects.toMatchObject({
        name: 'InputError',
      });
      server.use(answer('/v13/deployments/dpl_1', {}, 404));
      await expect(
        create().deployTo(PROJECT, { ...request, environment: 'production' }),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });

    it('tells whether new versions of production wait', async () => {
      play({ autoAssignCustomDomains: false });
      const [staged] = await create().listEnvironments(PROJECT);
      expect(staged.isStaged).toBe(true);
      play({ autoAssignCustomDomains: true });
      const [direct] = await create().listEnvironments(PROJECT);
      expect(direct.isStaged).toBe(false);
    });
  });

  it('serve what was deployed to them, once for each request, on local-cloud', async () => {
    const cloud = await startTestLocalCloud({
      config: { baseAppDir: undefined },
    });
    const options = {
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      teamId: 'team_acme',
      patience: 'much' as const,
    };
    const { provider, client } = createTestProvider(options);
    const fixture = await ContractFixture.create(
      { provider, client, stranger: provider, stop: () => cloud.dispose() },
      { timeoutMs: 60_000 },
    );
    try {
      const { project } = fixture;
      const staging = { environment: 'staging' };
      await provider.ensureEnvironment(project, staging);
      await provider.ensureEnvironment(project, staging);
      const live = await fixture.deployToProduction();
      const request = { ...staging, externalId: live, key: 'push:1' };
      const built = await provider.deployTo(project, request);
      expect(built).toMatchObject({ environment: 'staging' });
      const again = await provider.deployTo(project, request);
      expect(again.externalId).toBe(built.externalId);
      await fixture.finish(built.externalId);

      const [production, other] = await provider.listEnvironments(project);
      expect(production).toMatchObject({
        environment: 'production',
        liveExternalId: live,
        isStaged: false,
      });
      expect(other).toEqual({
        ...staging,
        liveExternalId: built.externalId,
        aliases: [
          expect.stringMatching(
            /^http:\/\/contract-\w+-env-staging-acme\.localhost:\d+$/,
          ),
        ],
      });

      const promoted = await provider.deployTo(project, {
        externalId: built.externalId,
        environment: 'production',
      });
      expect(promoted.environment).toBe('production');
      await fixture.finish(promoted.externalId);
      const after = await fixture.productionServing(promoted.externalId);
      expect(after?.liveExternalId).toBe(promoted.externalId);
    } finally {
      await fixture.dispose();
    }
  });
});
