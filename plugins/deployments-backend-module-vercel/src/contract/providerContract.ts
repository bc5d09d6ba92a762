import type { ContractCase } from './ContractCase';
import type { ContractFixture } from './ContractFixture';
import { trafficContract } from './trafficContract';

/** A build that lasts long enough to be watched. */
const SLOW_BUILD =
  'for i in 1 2 3; do echo "step $i"; sleep 1; done; mkdir -p public; cp index.html public/';
const BROKEN_BUILD = 'echo "this goes wrong" >&2; exit 3';

async function findsProject({
  provider,
  project,
  projectName,
  entity,
}: ContractFixture) {
  expect(project.projectId).not.toBe(projectName);
  expect(await provider.resolveProject(entity(project.projectId))).toEqual(
    project,
  );
}

async function missesProject({ provider, entity }: ContractFixture) {
  await expect(
    provider.resolveProject(entity('contract-nobody-made-this')),
  ).rejects.toMatchObject({ name: 'NotFoundError' });
}

async function missesDeployment({ provider, project }: ContractFixture) {
  await expect(
    provider.getDeployment(project, 'dpl_nobodymadethis'),
  ).rejects.toMatchObject({ name: 'NotFoundError' });
}

async function listsDeployments(fixture: ContractFixture) {
  const { provider, project } = fixture;
  const first = await fixture.deployToProduction();
  const second = await fixture.deploy();
  await fixture.finish(second);
  const listed = await provider.listDeployments(project, { limit: 10 });
  expect(
    listed
      .filter(({ externalId }) => [first, second].includes(externalId))
      .map(({ externalId, environment, state }) => [
        externalId,
        environment,
        state,
      ]),
  ).toEqual([
    [second, 'preview', 'ready'],
    [first, 'production', 'ready'],
  ]);
  const [newest] = await provider.listDeployments(project, { limit: 1 });
  expect(newest.externalId).toBe(second);
  const since = new Date(Date.now() + 60_000);
  expect(await provider.listDeployments(project, { limit: 10, since })).toEqual(
    [],
  );
}

async function redeploys(fixture: ContractFixture) {
  const origin = await fixture.deploy();
  await fixture.finish(origin);
  const created = await fixture.provider.redeploy(fixture.project, origin);
  expect(created.externalId).not.toBe(origin);
  expect(created.environment).toBe('preview');
  const { state } = await fixture.finish(created.externalId);
  expect(state).toBe('ready');
}

async function deploysToProduction(fixture: ContractFixture) {
  const { provider, project } = fixture;
  const origin = await fixture.deploy();
  await fixture.finish(origin);
  const request = { externalId: origin, environment: 'production' };
  const created = await provider.deployTo(project, request);
  expect(created.externalId).not.toBe(origin);
  expect(created.environment).toBe('production');
  const { state } = await fixture.finish(created.externalId);
  expect(state).toBe('ready');
}

async function followsBuild(fixture: ContractFixture) {
  const id = await fixture.deploy({ buildCommand: SLOW_BUILD });
  const followed = await fixture.readLog(id, { follow: true });
  const { state } = await fixture.provider.getDeployment(fixture.project, id);
  expect(state).toBe('ready');
  expect(followed.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['step 1', 'step 2', 'step 3']),
  );
  expect(followed.map(({ sequence }) => sequence)).toEqual(
    followed.map((_, index) => index + 1),
  );
  expect(await fixture.readLog(id, { follow: false })).toEqual(followed);
}

async function tellsFailure(fixture: ContractFixture) {
  const id = await fixture.deploy({ buildCommand: BROKEN_BUILD });
  const failed = await fixture.finish(id);
  expect(failed.state).toBe('failed');
  expect(failed.errorMessage).toBeTruthy();
  const lines = await fixture.readLog(id, { follow: false });
  expect(lines.map(({ text }) => text)).toContain('this goes wrong');
}

async function missesDeleted(fixture: ContractFixture) {
  const id = await fixture.deploy();
  await fixture.finish(id);
  await fixture.deleteDeployment(id);
  await expect(
    fixture.provider.getDeployment(fixture.project, id),
  ).rejects.toMatchObject({ name: 'NotFoundError' });
}

async function isRefused({ stranger, project }: ContractFixture) {
  await expect(
    stranger.listDeployments(project, { limit: 1 }),
  ).rejects.toMatchObject({
    name: 'ServiceUnavailableError',
    message: expect.stringContaining('vercel.token'),
  });
}

/**
 * What the provider must do wherever Vercel's API is spoken: on local-cloud, on
 * a counterpart that nobody of this project wrote, and on the live Vercel.
 */
export const providerContract: ContractCase[] = [
  {
    title: 'finds a project by its name and by its id',
    run: findsProject,
  },
  {
    title: 'does not find a project that nobody made',
    run: missesProject,
  },
  {
    title: 'does not find a deployment that nobody made',
    run: missesDeployment,
  },
  {
    title: 'lists deployments with their environments, newest first',
    run: listsDeployments,
  },
  ...trafficContract,
  {
    title: 'deploys the same sources again to the same environment',
    needs: 'redeploy',
    run: redeploys,
  },
  {
    title: 'builds the sources of a preview for production',
    needs: 'redeploy',
    run: deploysToProduction,
  },
  {
    title: 'follows a build to its end, and reads the same log afterwards',
    needs: 'builds',
    run: followsBuild,
  },
  {
    title: 'tells that a build failed, and why',
    needs: 'builds',
    run: tellsFailure,
  },
  {
    title: 'does not find a deployment that was deleted',
    needs: 'deletion',
    run: missesDeleted,
  },
  {
    title: 'is refused with an unknown token',
    needs: 'authentication',
    run: isRefused,
  },
];
