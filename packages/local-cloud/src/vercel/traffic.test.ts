import { aliasesAssignAlias } from '@vercel/sdk/funcs/aliasesAssignAlias.js';
import { aliasesDeleteAlias } from '@vercel/sdk/funcs/aliasesDeleteAlias.js';
import { aliasesListDeploymentAliases } from '@vercel/sdk/funcs/aliasesListDeploymentAliases.js';
import { projectsAddProjectDomain } from '@vercel/sdk/funcs/projectsAddProjectDomain.js';
import { projectsListPromoteAliases } from '@vercel/sdk/funcs/projectsListPromoteAliases.js';
import { projectsRemoveProjectDomain } from '@vercel/sdk/funcs/projectsRemoveProjectDomain.js';
import { projectsRequestPromote } from '@vercel/sdk/funcs/projectsRequestPromote.js';
import { projectsRequestRollback } from '@vercel/sdk/funcs/projectsRequestRollback.js';
import { projectsUpdateProject } from '@vercel/sdk/funcs/projectsUpdateProject.js';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

describe('Traffic of production', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start();
  });
  afterAll(() => test.dispose());

  const deploy = (project: string, text: string) =>
    test.deployFiles(project, tinyServer(text), 'production');

  async function waitForMove(project: string, toDeploymentId: string) {
    return waitFor(async () => {
      const found = await test.getProject(project);
      const request = found.lastAliasRequest;
      return (
        request?.toDeploymentId === toDeploymentId &&
        request.jobStatus === 'succeeded' &&
        found
      );
    });
  }

  it('goes to the deployment that is promoted, without a new build', async () => {
    const project = await test.createProject('staged');
    const first = await deploy('staged', 'first');
    expectValue(
      await projectsUpdateProject(test.core, {
        idOrName: 'staged',
        teamId,
        requestBody: { autoAssignCustomDomains: false },
      }),
    );
    const second = await deploy('staged', 'second');
    expect(second.readySubstate).toBe('STAGED');
    expect((await test.get('staged.localhost')).body).toBe('first');
    expect((await test.get(second.url)).body).toBe('second');

    expectValue(
      await projectsRequestPromote(test.core, {
        projectId: project.id,
        deploymentId: second.id,
        teamId,
      }),
    );
    const moved = await waitForMove('staged', second.id);
    expect(moved.lastAliasRequest).toMatchObject({
      type: 'promote',
      fromDeploymentId: first.id,
    });
    expect(moved.targets?.production?.id).toBe(second.id);
    expect((await test.get('staged.localhost')).body).toBe('second');
    expect((await test.getDeployment(second.id)).readySubstate).toBe(
      'PROMOTED',
    );
    const { aliases } = expectValue(
      await projectsListPromoteAliases(test.core, {
        projectId: project.id,
        teamId,
      }),
    ) as { aliases: { alias: string; status: string }[] };
    expect(aliases).toMatchObject([{ status: 'completed' }]);
  });

  it('stays where a rollback put it until something is promoted', async () => {
    const project = await test.createProject('pinned');
    const { id: projectId } = project;
    const first = await deploy('pinned', 'first');
    const second = await deploy('pinned', 'second');
    expect((await test.get('pinned.localhost')).body).toBe('second');

    expectValue(
      await projectsRequestRollback(test.core, {
        projectId,
        deploymentId: first.id,
        description: 'Broken totals',
        teamId,
      }),
    );
    const rolledBack = await waitForMove('pinned', first.id);
    expect(rolledBack.lastAliasRequest?.type).toBe('rollback');
    expect(rolledBack.lastRollbackTarget).not.toBeNull();
    expect(rolledBack.rollbackDescription?.description).toBe('Broken totals');
    // The SDK sends no token with this call.
    const explain = async (deploymentId: string) => {
      const { status } = await test.fetchApi(
        `/v1/projects/${projectId}/rollback/${deploymentId}/update-description`,
        {
          method: 'PATCH',
          body: JSON.stringify({ description: 'And taxes' }),
        },
      );
      return status;
    };
    expect(await explain(first.id)).toBe(200);
    expect(await explain(second.id)).toBe(404);
    expect(
      (await test.getProject('pinned')).rollbackDescription?.description,
    ).toBe('And taxes');
    expect((await test.get('pinned.localhost')).body).toBe('first');

    const third = await deploy('pinned', 'third');
    expect(third.readySubstate).toBe('STAGED');
    expect((await test.get('pinned.localhost')).body).toBe('first');

    expectValue(
      await projectsRequestPromote(test.core, {
        projectId,
        deploymentId: second.id,
        teamId,
      }),
    );
    expect(
      (await waitForMove('pinned', second.id)).lastRollbackTarget,
    ).toBeNull();
    await deploy('pinned', 'fourth');
    expect((await test.get('pinned.localhost')).body).toBe('fourth');
  });

  it('is refused to what cannot carry it', async () => {
    const project = await test.createProject('refused');
    const { id: projectId } = project;
    const live = await deploy('refused', 'live');
    const preview = await test.deployFiles('refused', tinyServer('preview'));
    const broken = await test.deployFiles('refused', { a: 'b' }, 'production');
    await test.createProject('other');
    const foreign = await deploy('other', 'foreign');
    const promote = async (deploymentId: string) =>
      expectStatus(
        await projectsRequestPromote(test.core, {
          projectId,
          deploymentId,
          teamId,
        }),
      );
    expect(await promote(live.id)).toBe(409);
    expect(await promote(preview.id)).toBe(422);
    expect(await promote(broken.id)).toBe(422);
    expect(await promote(foreign.id)).toBe(404);
    expect(await promote('dpl_nothing')).toBe(404);
    const rollback = await projectsRequestRollback(test.core, {
      projectId,
      deploymentId: broken.id,
      teamId,
    });
    expect(expectStatus(rollback)).toBe(422);
    expect((await test.get('refused.localhost')).body).toBe('live');
  });

  it('comes by the Host header of a custom domain', async () => {
    await test.createProject('domained');
    await deploy('domained', 'shop');
    const domain = expectValue(
      await projectsAddProjectDomain(test.core, {
        idOrName: 'domained',
        teamId,
        requestBody: { name: 'Shop.Example.com' },
      }),
    );
    expect(domain).toMatchObject({ name: 'shop.example.com', verified: true });
    expect((await test.get('shop.example.com')).body).toBe('shop');
    expect((await test.get('shop.example.com:4393')).body).toBe('shop');
    expect((await test.get('shop.example.com.localhost')).body).toBe('shop');
    await deploy('domained', 'new shop');
    expect((await test.get('shop.example.com')).body).toBe('new shop');

    expectValue(
      await projectsAddProjectDomain(test.core, {
        idOrName: 'domained',
        teamId,
        requestBody: {
          name: 'www.example.com',
          redirect: 'shop.example.com',
          redirectStatusCode: 308,
        },
      }),
    );
    const redirect = await test.get('www.example.com', '/cart?item=1');
    expect(redirect.status).toBe(308);
    expect(redirect.headers.location).toBe(
      'http://shop.example.com/cart?item=1',
    );

    expectValue(
      await projectsRemoveProjectDomain(test.core, {
        idOrName: 'domained',
        domain: 'shop.example.com',
        teamId,
      }),
    );
    expect((await test.get('shop.example.com')).status).toBe(404);
  });

  it('follows an alias that is assigned by hand', async () => {
    await test.createProject('blue');
    const first = await deploy('blue', 'first');
    const second = await deploy('blue', 'second');
    const assign = (id: string, alias: string) =>
      aliasesAssignAlias(test.core, { id, teamId, requestBody: { alias } });
    const created = expectValue(await assign(first.id, 'green.localhost'));
    expect(created.oldDeploymentId).toBeUndefined();
    expect((await test.get('green.localhost')).body).toBe('first');
    const moved = expectValue(await assign(second.id, 'green.localhost'));
    expect(moved.oldDeploymentId).toBe(first.id);
    expect((await test.get('green.localhost')).body).toBe('second');
    const { aliases } = expectValue(
      await aliasesListDeploymentAliases(test.core, { id: second.id, teamId }),
    );
    expect(aliases.map(({ alias }) => alias.split(':')[0]).sort()).toEqual([
      'blue.localhost',
      'green.localhost',
    ]);
    await test.createProject('rival');
    const rival = await deploy('rival', 'rival');
    expect(expectStatus(await assign(rival.id, 'green.localhost'))).toBe(409);
    expect(expectStatus(await assign(rival.id, 'not-ours.example.com'))).toBe(
      400,
    );
    expectValue(
      await aliasesDeleteAlias(test.core, { aliasId: created.uid, teamId }),
    );
    expect((await test.get('green.localhost')).status).toBe(404);
  });
});
