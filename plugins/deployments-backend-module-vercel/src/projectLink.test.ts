import { registerMswTestHooks } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from './__testUtils__/createTestProvider';

const API = 'https://vercel.test';
const PROJECT = { provider: 'vercel', projectId: 'prj_1', teamId: 'team_1' };
const GITHUB = 'http://127.0.0.1:4391';
const FORK = `url:${GITHUB}/acme/shop/blob/main/catalog-info.yaml`;

const LOCATION = 'backstage.io/managed-by-location';
const ORIGIN = 'backstage.io/managed-by-origin-location';

const server = setupServer();

/** An entity that names the project 'shop', and where its file is. */
const entity = (annotations: Record<string, string>): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'shop',
    annotations: { 'vercel.com/project-id': 'shop', ...annotations },
  },
});

const create = (options: { trustAnnotations?: boolean } = {}) =>
  createTestProvider({
    apiBaseUrl: API,
    teamId: 'team_1',
    gitHubUrl: GITHUB,
    ...options,
  }).provider;

const answerLink = (link?: JsonBodyType) =>
  server.use(
    http.get(`${API}/v9/projects/shop`, () =>
      HttpResponse.json({ id: 'prj_1', name: 'shop', link }),
    ),
  );

const github = { type: 'github', org: 'acme', repo: 'Shop', repoId: 1 };

describe('Link of a project to the repository of its entity', () => {
  registerMswTestHooks(server);

  it('takes the project that is linked to the repository of the entity', async () => {
    answerLink(github);
    const fork = entity({ [LOCATION]: FORK, [ORIGIN]: FORK });
    expect(await create().resolveProject(fork)).toEqual(PROJECT);
  });

  it.each([
    ['another repository', `url:${GITHUB}/acme/evil/blob/main/x.yaml`],
    ['another organisation', `url:${GITHUB}/evil/shop/blob/main/x.yaml`],
    ['a longer name', `url:${GITHUB}/acme/shop-2/blob/main/x.yaml`],
    ['another host', 'url:https://gitlab.test/acme/shop/-/blob/main/x.yaml'],
    ['a URL of two readings', `url:${GITHUB}/acme/shop/../evil/blob/main/x`],
    ['a commit', `url:${GITHUB}/acme/shop/blob/${'0a'.repeat(20)}/x.yaml`],
    ['a short commit', `url:${GITHUB}/acme/shop/tree/0A1B2C3/x.yaml`],
    ['a described commit', `url:${GITHUB}/acme/shop/blob/v1-2-g0a1b2c3/x.yaml`],
    ['a pull request', `url:${GITHUB}/acme/shop/blob/refs/pull/1/head/x.yaml`],
    ['an encoded ref', `url:${GITHUB}/acme/shop/blob/refs%2Fpull%2F1%2Fhead/x`],
    [
      'an encoded query',
      `url:${GITHUB}/acme/shop/blob/main/x.yaml%3Fref=0a1b2c3%26a=`,
    ],
    ['an encoded path', `url:${GITHUB}/acme/shop/blob/main/..%2f..%2fx.yaml`],
    ['an expression', `url:${GITHUB}/acme/shop/blob/main@{1}/x.yaml`],
    ['no ref', `url:${GITHUB}/acme/shop/x.yaml`],
    ['no repository', 'url:https://files.test/x.yaml'],
    ['no URL', 'url:x.yaml'],
  ])('refuses an entity from %s', async (_, location) => {
    answerLink(github);
    const provider = create();
    await provider.resolveProject(entity({ [LOCATION]: FORK }));
    const error = await provider
      .resolveProject(entity({ [LOCATION]: location, [ORIGIN]: location }))
      .catch(e => e);
    expect(error).toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        "Project 'shop' at Vercel is not linked",
      ),
    });
    expect(error.message).not.toContain('acme/Shop');
  });

  it('takes only the branch that goes to production, once it is known', async () => {
    answerLink({ ...github, productionBranch: 'live' });
    await expect(
      create().resolveProject(entity({ [LOCATION]: FORK })),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('production branch'),
    });
    const live = FORK.replace('/main/', '/live/');
    expect(await create().resolveProject(entity({ [LOCATION]: live }))).toEqual(
      PROJECT,
    );
  });

  it.each([
    ['nothing', undefined],
    ['nothing', null],
    ['GitLab', { type: 'gitlab', projectNamespace: 'acme' }],
  ])('refuses a project that is linked to %s', async (_, link) => {
    answerLink(link);
    await expect(
      create().resolveProject(entity({ [LOCATION]: FORK })),
    ).rejects.toMatchObject({ name: 'ConflictError' });
  });

  it('believes what the catalog says of the origin, not what the file does', async () => {
    answerLink(github);
    const evil = `url:${GITHUB}/acme/evil/blob/main/catalog-info.yaml`;
    const claims: Record<string, string>[] = [
      { [LOCATION]: evil, [ORIGIN]: 'file:/etc/forkyard/all.yaml' },
      { [LOCATION]: 'file:/etc/forkyard/all.yaml', [ORIGIN]: evil },
      { [LOCATION]: evil, 'backstage.io/source-location': FORK },
      { [LOCATION]: evil, 'github.com/project-slug': 'acme/shop' },
    ];
    for (const annotations of claims) {
      await expect(
        create().resolveProject(entity(annotations)),
      ).rejects.toMatchObject({ name: 'ConflictError' });
    }
  });

  it('takes the project as soon as it is linked', async () => {
    const provider = create();
    const fork = entity({ [LOCATION]: FORK });
    answerLink();
    await expect(provider.resolveProject(fork)).rejects.toThrow(/not linked/);
    answerLink(github);
    expect(await provider.resolveProject(fork)).toEqual(PROJECT);
  });

  it("trusts administrators' own files", async () => {
    answerLink(github);
    const file = 'file:/etc/forkyard/shop.yaml';
    expect(
      await create().resolveProject(
        entity({ [LOCATION]: file, [ORIGIN]: file }),
      ),
    ).toEqual(PROJECT);
  });

  describe('for a team that is not the configured one', () => {
    const other = { 'vercel.com/team-id': 'team_2' };

    it('refuses entities from repositories', async () => {
      answerLink(github);
      await expect(
        create().resolveProject(entity({ [LOCATION]: FORK, ...other })),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining("team 'team_2'"),
      });
      const same = { 'vercel.com/team-id': 'team_1' };
      expect(
        await create().resolveProject(entity({ [LOCATION]: FORK, ...same })),
      ).toEqual(PROJECT);
    });
  });

  it('takes everything when annotations are trusted', async () => {
    answerLink();
    expect(
      await create({ trustAnnotations: true }).resolveProject(
        entity({ [LOCATION]: FORK, 'vercel.com/team-id': 'team_2' }),
      ),
    ).toEqual({ ...PROJECT, teamId: 'team_2' });
  });
});
