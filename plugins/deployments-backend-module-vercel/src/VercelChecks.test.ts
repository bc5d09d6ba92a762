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

jest.setTimeout(60_000);

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

  it.each([402, 403, 404])(
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
          ? HttpResponse.json({}, { status: 403 })
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
