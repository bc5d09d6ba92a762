import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import { environmentCreateCustomEnvironment } from '@vercel/sdk/funcs/environmentCreateCustomEnvironment.js';
import { environmentGetCustomEnvironment } from '@vercel/sdk/funcs/environmentGetCustomEnvironment.js';
import { environmentGetProjectsByIdOrNameCustomEnvironments } from '@vercel/sdk/funcs/environmentGetProjectsByIdOrNameCustomEnvironments.js';
import { environmentRemoveCustomEnvironment } from '@vercel/sdk/funcs/environmentRemoveCustomEnvironment.js';
import { environmentUpdateCustomEnvironment } from '@vercel/sdk/funcs/environmentUpdateCustomEnvironment.js';
import { projectsCreateProjectEnv } from '@vercel/sdk/funcs/projectsCreateProjectEnv.js';
import { projectsFilterProjectEnvs } from '@vercel/sdk/funcs/projectsFilterProjectEnvs.js';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

describe('Custom environments', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start({
      config: { vercelLimits: { customEnvironmentsPerProject: 2 } },
    });
  });
  afterAll(() => test.dispose());

  const create = (
    idOrName: string,
    requestBody: NonNullable<
      Parameters<typeof environmentCreateCustomEnvironment>[1]['requestBody']
    >,
  ) =>
    environmentCreateCustomEnvironment(test.core, {
      idOrName,
      teamId,
      requestBody,
    });

  const list = async (idOrName: string) =>
    expectValue(
      await environmentGetProjectsByIdOrNameCustomEnvironments(test.core, {
        idOrName,
        teamId,
      }),
    );

  const deployTo = async (
    project: string,
    customEnvironmentSlugOrId: string,
    source: { deploymentId: string } | { text: string },
  ) => {
    const { id } = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: {
          name: project,
          project,
          customEnvironmentSlugOrId,
          ...('text' in source
            ? {
                files: Object.entries(tinyServer(source.text)).map(
                  ([file, data]) => ({ file, data }),
                ),
              }
            : source),
        },
      }),
    );
    return test.waitForEnd(id);
  };

  it('follow their newest deployment under a name of their own, and leave production alone', async () => {
    await test.createProject('shop');
    const live = await test.deployFiles(
      'shop',
      tinyServer('live'),
      'production',
    );
    const environment = expectValue(
      await create('shop', { slug: 'staging', description: 'Before users' }),
    );
    expect(environment).toMatchObject({
      slug: 'staging',
      type: 'preview',
      description: 'Before users',
      currentDeploymentAliases: [],
    });

    const staged = await deployTo('shop', 'staging', {
      deploymentId: live.id,
    });
    expect(staged).toMatchObject({
      readyState: 'READY',
      target: null,
      customEnvironment: { id: environment.id, slug: 'staging' },
    });
    expect(staged.readySubstate).toBeUndefined();
    const [host] = staged.alias ?? [];
    expect(host).toMatch(/^shop-env-staging-acme\.localhost:\d+$/);
    expect((await test.get(host)).body).toBe('live');
    expect(JSON.parse((await test.get(host, '/env')).body)).toMatchObject({
      VERCEL_ENV: 'preview',
      VERCEL_TARGET_ENV: 'staging',
    });

    const next = await deployTo('shop', environment.id, { text: 'next' });
    expect((await test.get(host)).body).toBe('next');
    expect((await test.get(staged.url)).body).toBe('live');
    expect((await test.get('shop.localhost')).body).toBe('live');
    const project = await test.getProject('shop');
    expect(project.targets?.production?.id).toBe(live.id);
    expect(project.customEnvironments).toMatchObject([
      { slug: 'staging', currentDeploymentAliases: [host] },
    ]);

    const listed = async (target: string) => {
      const { deployments } = expectValue(
        await deploymentsGetDeployments(test.core, {
          projectId: project.id,
          target,
          teamId,
        }),
      );
      return deployments.map(({ uid, customEnvironment }) => [
        uid,
        customEnvironment?.slug,
      ]);
    };
    const ofStaging = [
      [next.id, 'staging'],
      [staged.id, 'staging'],
    ];
    expect(await listed('staging')).toEqual(ofStaging);
    expect(await listed(environment.id)).toEqual(ofStaging);
    expect(await listed('production')).toEqual([[live.id, undefined]]);
    expect(await listed('preview')).toEqual([]);

    const again = expectValue(
      await deploymentsCreateDeployment(test.core, {
        teamId,
        requestBody: { name: 'shop', deploymentId: next.id },
      }),
    );
    expect(again).toMatchObject({ customEnvironment: { slug: 'staging' } });
  });

  it('are listed, renamed and deleted, and their names are checked', async () => {
    await test.createProject('names');
    const staging = expectValue(await create('names', { slug: 'staging' }));
    const missing = await environmentGetCustomEnvironment(test.core, {
      idOrName: 'names',
      environmentSlugOrId: 'absent',
      teamId,
    });
    expect(expectStatus(missing)).toBe(404);
    for (const slug of ['staging', 'production', 'Preview', 'a b', '', '-a']) {
      expect(expectStatus(await create('names', { slug }))).toBe(400);
    }
    expectValue(await create('names', { slug: 'qa' }));
    expect(expectStatus(await create('names', { slug: 'third' }))).toBe(402);

    await deployTo('names', 'staging', { text: 'here' });
    const renamed = expectValue(
      await environmentUpdateCustomEnvironment(test.core, {
        idOrName: 'names',
        environmentSlugOrId: staging.id,
        teamId,
        requestBody: {
          slug: 'acceptance',
          branchMatcher: { type: 'startsWith', pattern: 'release/' },
        },
      }),
    );
    expect(renamed).toMatchObject({
      id: staging.id,
      slug: 'acceptance',
      branchMatcher: { type: 'startsWith', pattern: 'release/' },
    });
    const [host] = renamed.currentDeploymentAliases ?? [];
    expect(host).toContain('names-env-acceptance-acme.localhost');
    expect((await test.get(host)).body).toBe('here');
    expect(await list('names')).toMatchObject({
      accountLimit: { total: 2 },
      environments: [{ slug: 'qa' }, { slug: 'acceptance' }],
    });

    const removed = expectValue(
      await environmentRemoveCustomEnvironment(test.core, {
        idOrName: 'names',
        environmentSlugOrId: 'acceptance',
        teamId,
      }),
    );
    expect(removed.id).toBe(staging.id);
    expect((await test.get(host)).status).toBe(404);
    expect((await list('names')).environments).toHaveLength(1);
  });

  it('have variables of their own, copied from another environment if asked', async () => {
    await test.createProject('variables');
    const put = async (
      key: string,
      value: string,
      where: { target: ['preview'] } | { customEnvironmentIds: string[] },
    ) =>
      projectsCreateProjectEnv(test.core, {
        idOrName: 'variables',
        teamId,
        requestBody: { key, value, type: 'plain', ...where },
      });
    expectValue(await put('COPIED', 'from preview', { target: ['preview'] }));
    const { id } = expectValue(
      await create('variables', {
        slug: 'staging',
        copyEnvVarsFrom: 'preview',
      }),
    );
    expectValue(await put('LATER', 'x', { target: ['preview'] }));
    expectValue(await put('OWN', 'y', { customEnvironmentIds: [id] }));
    expect(
      expectStatus(await put('OWN', 'z', { customEnvironmentIds: [id] })),
    ).toBe(409);
    expect(
      expectStatus(await put('LOST', 'z', { customEnvironmentIds: ['no'] })),
    ).toBe(404);

    const staged = await deployTo('variables', 'staging', { text: 'x' });
    const seen = JSON.parse((await test.get(staged.url, '/env')).body);
    expect(seen).toMatchObject({ COPIED: 'from preview', OWN: 'y' });
    expect(seen).not.toHaveProperty('LATER');

    expectValue(
      await environmentRemoveCustomEnvironment(test.core, {
        idOrName: 'variables',
        environmentSlugOrId: 'staging',
        teamId,
        requestBody: { deleteUnassignedEnvironmentVariables: true },
      }),
    );
    const left = expectValue(
      await projectsFilterProjectEnvs(test.core, {
        idOrName: 'variables',
        teamId,
      }),
    );
    expect(
      'envs' in left && left.envs.map(({ key, target }) => [key, target]),
    ).toEqual([
      ['COPIED', ['preview']],
      ['LATER', ['preview']],
    ]);
  });

  it('take the pushes to the branches that they match', async () => {
    const repository = await test.createRepository('matched');
    await repository.push(tinyServer('main'));
    await test.createProject('matched', 'acme/matched');
    expectValue(
      await create('matched', {
        slug: 'staging',
        branchMatcher: { type: 'equals', pattern: 'staging' },
      }),
    );
    await repository.push(tinyServer('next'), 'staging');
    const found = await waitFor(async () => {
      const { deployments } = expectValue(
        await deploymentsGetDeployments(test.core, { app: 'matched', teamId }),
      );
      return deployments.find(
        ({ meta }) => meta?.githubCommitRef === 'staging',
      );
    });
    expect(found.customEnvironment?.slug).toBe('staging');
    const ended = await test.waitForEnd(found.uid);
    expect(ended.alias).toEqual([
      expect.stringContaining('matched-env-staging-acme.localhost'),
    ]);
  });
});
