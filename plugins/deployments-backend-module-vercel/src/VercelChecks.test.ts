import {
  mockServices,
  registerMswTestHooks,
} from '@backstage/backend-test-utils';
import { createVercelClient } from '@forkyard/backend-kit';
import { startTestLocalCloud } from '@forkyard/local-cloud';
import type { DeploymentCheck } from '@forkyard/plugin-deployments-node';
import { checksV2ListDeploymentCheckRuns } from '@vercel/sdk/funcs/checksV2ListDeploymentCheckRuns.js';
import { checksV2ListProjectChecks } from '@vercel/sdk/funcs/checksV2ListProjectChecks.js';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from './__testUtils__/createTestProvider';
import { ContractFixture } from './contract/ContractFixture';
import { VercelApi } from './VercelApi';
import { VercelChecks } from './VercelChecks';

const checkOf = (
  name: string,
  state: DeploymentCheck['state'],
): DeploymentCheck => ({
  externalId: `rollout-1:${name}`,
  name: `forkyard/${name}`,
  state,
  summary: `It is ${state}.`,
  detailsUrl: 'http://portal.test/rollout-1',
});

describe('VercelChecks on local-cloud', () => {
  const logger = mockServices.logger.mock();
  let fixture: ContractFixture;
  let checks: VercelChecks;
  let client: ReturnType<typeof createVercelClient>;

  beforeAll(async () => {
    const cloud = await startTestLocalCloud();
    const options = {
      apiBaseUrl: cloud.urls.vercel,
      patience: 'much' as const,
    };
    const platform = createTestProvider({ ...options, token: cloud.token });
    client = createVercelClient({
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      logger,
    });
    checks = new VercelChecks(new VercelApi(client));
    fixture = await ContractFixture.create(
      {
        ...platform,
        stranger: createTestProvider({ ...options, token: 'unknown' }).provider,
        stop: () => cloud.dispose(),
      },
      { timeoutMs: 60_000 },
    );
  });

  beforeEach(() => jest.clearAllMocks());

  afterAll(() => fixture?.dispose());

  const report = (externalId: string, ...said: DeploymentCheck[]) =>
    checks.reportChecks(fixture.project, { externalId, checks: said });

  /** The oldest first, of each what Vercel's page would say. */
  async function readRuns(deploymentId: string) {
    const answer = await checksV2ListDeploymentCheckRuns(client.core, {
      deploymentId,
      teamId: fixture.project.teamId,
    });
    if (!answer.ok) throw answer.error;
    return [...answer.value.runs]
      .reverse()
      .map(({ name, status, conclusion, conclusionText }) =>
        [name, status, conclusion, conclusionText].filter(Boolean).join(' '),
      );
  }

  async function readBlocks() {
    const { projectId, teamId } = fixture.project;
    const answer = await checksV2ListProjectChecks(client.core, {
      projectIdOrName: projectId,
      teamId,
    });
    if (!answer.ok) throw answer.error;
    return answer.value.checks.map(({ name, blocks }) => `${name}: ${blocks}`);
  }

  it('keep nothing from traffic where versions go live directly, and a promotion by hand from what has not passed where they are staged', async () => {
    const { provider, project } = fixture;
    const stable = await fixture.deployToProduction();
    await fixture.productionServing(stable);
    expect(await report(stable)).toBe(true);
    expect(await readBlocks()).toEqual([]);
    expect(await report(stable, checkOf('ci', 'running'))).toBe(true);
    expect(await readRuns(stable)).toEqual(['forkyard/ci running']);
    expect(await readBlocks()).toEqual(['forkyard/ci: none']);
    const direct = await fixture.deployToProduction();
    expect((await fixture.productionServing(direct))?.liveExternalId).toBe(
      direct,
    );

    await provider.setStaging(project, { isStaged: true });
    const staged = await fixture.deployToProduction();
    const ci = checkOf('ci', 'running');
    await report(staged, ci, checkOf('schema', 'failed'));
    await report(staged, ci, checkOf('schema', 'failed'));
    expect((await readBlocks()).sort()).toEqual([
      'forkyard/ci: deployment-promotion',
      'forkyard/schema: deployment-promotion',
    ]);
    const refused = {
      name: 'ConflictError',
      message: expect.stringContaining('forkyard/ci'),
    };
    await expect(provider.promote(project, staged)).rejects.toMatchObject(
      refused,
    );

    const checked = await fixture.deployToProduction();
    expect((await readRuns(checked)).sort()).toEqual([
      'forkyard/ci queued',
      'forkyard/schema queued',
    ]);
    await expect(provider.promote(project, checked)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    await report(checked, checkOf('ci', 'passed'));
    await report(checked, checkOf('ci', 'passed'));
    expect((await readRuns(checked)).sort()).toEqual([
      'forkyard/ci completed succeeded It is passed.',
      'forkyard/schema completed skipped The plan of this version does not ask for it.',
    ]);
    expect((await fixture.readProduction()).liveExternalId).toBe(direct);
    await provider.promote(project, checked);
    expect((await fixture.productionServing(checked))?.liveExternalId).toBe(
      checked,
    );
    // What held its promotion does not hold anybody from going back.
    await provider.rollback(project, direct);

    await provider.setStaging(project, { isStaged: false });
    expect(new Set(await readBlocks())).toEqual(
      new Set(['forkyard/ci: none', 'forkyard/schema: none']),
    );
    // The SDK's own schema took every answer.
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('tell news of what was completed in a newer run', async () => {
    const { provider, project } = fixture;
    await provider.setStaging(project, { isStaged: true });
    const id = await fixture.deployToProduction();
    await report(id, checkOf('ci', 'failed'), checkOf('schema', 'skipped'));
    await expect(provider.promote(project, id)).rejects.toMatchObject({
      message: expect.stringContaining('forkyard/ci'),
    });
    await report(id, checkOf('ci', 'queued'), checkOf('schema', 'skipped'));
    await report(id, checkOf('ci', 'passed'), checkOf('schema', 'skipped'));
    expect(
      (await readRuns(id)).filter(run => run.startsWith('forkyard/ci')),
    ).toEqual([
      'forkyard/ci completed failed It is failed.',
      'forkyard/ci completed succeeded It is passed.',
    ]);
    await provider.promote(project, id);
    await provider.setStaging(project, { isStaged: false });
  });
});

describe('VercelChecks where Vercel takes none', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const logger = mockServices.logger.mock();
  const project = { provider: 'vercel', projectId: 'prj_1' };
  const api = 'http://vercel.test';
  const request = { externalId: 'dpl_1', checks: [checkOf('ci', 'passed')] };

  beforeEach(() => jest.clearAllMocks());

  const create = () =>
    new VercelChecks(
      new VercelApi(
        createVercelClient({ token: 't', apiBaseUrl: api, logger }),
      ),
    );

  it.each([402, 404])(
    'note a refusal with %s once, and stop nothing',
    async status => {
      server.use(
        http.all(`${api}/*`, () =>
          HttpResponse.json(
            { error: { code: 'no', message: 'Not in your plan' } },
            { status },
          ),
        ),
      );
      const checks = create();
      expect(await checks.reportChecks(project, request)).toBe(false);
      expect(await checks.reportChecks(project, request)).toBe(false);
      await checks.align(project, { isStaged: false });
      expect(logger.warn).toHaveBeenCalledTimes(1);
      expect(logger.warn).toHaveBeenCalledWith(
        expect.stringContaining('Not in your plan'),
      );
    },
  );

  it('hold on through a 403 that passes, and go when it lasts, until a report is taken again', async () => {
    let time = 0;
    let answer = 403;
    let mayDelete = true;
    let deleted = 0;
    const changed: unknown[] = [];
    const refuse = (status: number) =>
      HttpResponse.json({ error: { message: 'Not authorized' } }, { status });
    server.use(
      http.get(`${api}/v9/projects/prj_1`, () =>
        HttpResponse.json({ id: 'prj_1', autoAssignCustomDomains: false }),
      ),
      http.get(`${api}/v2/projects/prj_1/checks`, () =>
        HttpResponse.json({
          checks: [
            { id: 'c', name: 'forkyard/ci', blocks: 'deployment-promotion' },
          ],
        }),
      ),
      http.patch(`${api}/v2/projects/prj_1/checks/c`, () => refuse(500)),
      http.delete(`${api}/v2/projects/prj_1/checks/c`, () => {
        if (!mayDelete) return refuse(403);
        deleted++;
        return HttpResponse.json({ success: true });
      }),
      http.get(`${api}/v2/deployments/dpl_1/check-runs`, () =>
        HttpResponse.json({
          runs: [{ id: 'run_1', checkId: 'c', status: 'running' }],
        }),
      ),
      http.patch(`${api}/v2/deployments/dpl_1/check-runs/run_1`, async sent => {
        if (answer !== 200) return refuse(answer);
        changed.push(Object(await sent.request.json()).conclusion);
        return HttpResponse.json({ id: 'run_1' });
      }),
    );
    const checks = new VercelChecks(
      new VercelApi(
        createVercelClient({ token: 't', apiBaseUrl: api, logger }),
      ),
      { now: () => time },
    );
    const report = () => checks.reportChecks(project, request);
    const refused = { name: 'ServiceUnavailableError' };
    // Often in a moment, and twice in a long time, is both no proof.
    for (let count = 0; count < 4; count++) {
      await expect(report()).rejects.toMatchObject(refused);
    }
    answer = 200;
    expect(await report()).toBe(true);
    expect(changed).toEqual(['succeeded']);
    answer = 403;
    await expect(report()).rejects.toMatchObject(refused);
    time += 120_000;
    await expect(report()).rejects.toMatchObject(refused);
    // Other trouble counts for nothing.
    answer = 500;
    await expect(report()).rejects.toMatchObject(refused);
    expect([deleted, logger.info.mock.calls]).toEqual([0, []]);

    answer = 403;
    expect(await report()).toBe(false);
    expect(await report()).toBe(false);
    expect(deleted).toBe(2);
    const noted = logger.warn.mock.calls
      .map(([said]) => said)
      .filter(said => said.includes('takes no checks'));
    expect(noted).toEqual([expect.stringContaining('Not authorized')]);
    answer = 200;
    expect(await report()).toBe(true);
    expect(logger.info).toHaveBeenCalledWith(
      "Vercel takes checks of project 'prj_1' again",
    );
    // What may not be taken away either is said, because it holds promotions.
    answer = 402;
    mayDelete = false;
    expect(await report()).toBe(false);
    expect(logger.warn).toHaveBeenLastCalledWith(
      expect.stringContaining("delete the checks 'forkyard/...'"),
    );
  });

  it('keep a staging from being told as done while a 403 may pass, and no longer', async () => {
    let time = 0;
    server.use(
      http.all(`${api}/*`, () => HttpResponse.json({}, { status: 403 })),
    );
    const checks = new VercelChecks(
      new VercelApi(
        createVercelClient({ token: 't', apiBaseUrl: api, logger }),
      ),
      { now: () => time },
    );
    const align = () => checks.align(project, { isStaged: false });
    await expect(align()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    await expect(align()).rejects.toThrow('403');
    time += 120_000;
    await align();
    expect(await checks.reportChecks(project, request)).toBe(false);
    expect(logger.warn).toHaveBeenCalledTimes(1);
  });

  it('throw what may pass by itself', async () => {
    server.use(
      http.all(`${api}/*`, () => new HttpResponse(null, { status: 500 })),
    );
    await expect(create().reportChecks(project, request)).rejects.toMatchObject(
      { name: 'ServiceUnavailableError' },
    );
  });

  it('throw when one report is refused, so that its run does not wait for ever', async () => {
    server.use(
      http.get(`${api}/v2/projects/prj_1/checks`, () =>
        HttpResponse.json({
          checks: request.checks.map(({ name }) => ({
            id: name,
            name,
            blocks: 'none',
          })),
        }),
      ),
      http.all(`${api}/*`, () =>
        HttpResponse.json(
          { error: { code: 'not_found', message: 'No such deployment' } },
          { status: 404 },
        ),
      ),
    );
    await expect(create().reportChecks(project, request)).rejects.toThrow();
  });

  it('let go again when the staging ends while they begin to block, and go when nobody may conclude them', async () => {
    const blocks: string[] = [];
    let isStaged = true;
    let refuses = false;
    let deleted = 0;
    server.use(
      http.get(`${api}/v9/projects/prj_1`, () =>
        HttpResponse.json({ id: 'prj_1', autoAssignCustomDomains: !isStaged }),
      ),
      http.get(`${api}/v2/projects/prj_1/checks`, () =>
        HttpResponse.json({
          checks: blocks
            .slice(-1)
            .map(last => ({ id: 'chk_1', name: 'forkyard/ci', blocks: last })),
        }),
      ),
      http.post(
        `${api}/v2/projects/prj_1/checks`,
        async ({ request: sent }) => {
          blocks.push(Object(await sent.json()).blocks);
          return HttpResponse.json({ id: 'chk_1' });
        },
      ),
      http.patch(`${api}/v2/projects/prj_1/checks/chk_1`, async sent => {
        blocks.push(Object(await sent.request.json()).blocks);
        isStaged = false;
        return HttpResponse.json({ id: 'chk_1' });
      }),
      http.get(`${api}/v2/deployments/dpl_1/check-runs`, () =>
        HttpResponse.json({ runs: [] }),
      ),
      http.post(`${api}/v2/deployments/dpl_1/check-runs`, () =>
        HttpResponse.json({ id: 'run_1' }),
      ),
      http.patch(`${api}/v2/deployments/dpl_1/check-runs/run_1`, () =>
        refuses
          ? HttpResponse.json({}, { status: 402 })
          : HttpResponse.json({ id: 'run_1' }),
      ),
      http.delete(`${api}/v2/projects/prj_1/checks/chk_1`, () => {
        deleted++;
        return HttpResponse.json({ success: true });
      }),
    );
    expect(await create().reportChecks(project, request)).toBe(true);
    expect(blocks).toEqual(['none', 'deployment-promotion', 'none']);
    expect(deleted).toBe(0);

    // What we may create and not conclude would hold everything.
    isStaged = true;
    refuses = true;
    expect(await create().reportChecks(project, request)).toBe(false);
    expect([blocks.length, deleted]).toEqual([3, 1]);
  });
});
