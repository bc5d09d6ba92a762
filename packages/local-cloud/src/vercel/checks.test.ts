import { checksV2CreateDeploymentCheckRun } from '@vercel/sdk/funcs/checksV2CreateDeploymentCheckRun.js';
import { checksV2CreateProjectCheck } from '@vercel/sdk/funcs/checksV2CreateProjectCheck.js';
import { checksV2DeleteProjectCheck } from '@vercel/sdk/funcs/checksV2DeleteProjectCheck.js';
import { checksV2GetDeploymentCheckRun } from '@vercel/sdk/funcs/checksV2GetDeploymentCheckRun.js';
import { checksV2GetProjectCheck } from '@vercel/sdk/funcs/checksV2GetProjectCheck.js';
import { checksV2ListCheckRuns } from '@vercel/sdk/funcs/checksV2ListCheckRuns.js';
import { checksV2ListDeploymentCheckRuns } from '@vercel/sdk/funcs/checksV2ListDeploymentCheckRuns.js';
import { checksV2ListProjectChecks } from '@vercel/sdk/funcs/checksV2ListProjectChecks.js';
import { checksV2UpdateDeploymentCheckRun } from '@vercel/sdk/funcs/checksV2UpdateDeploymentCheckRun.js';
import { checksV2UpdateProjectCheck } from '@vercel/sdk/funcs/checksV2UpdateProjectCheck.js';
import { projectsRequestPromote } from '@vercel/sdk/funcs/projectsRequestPromote.js';
import { webhooksCreateWebhook } from '@vercel/sdk/funcs/webhooksCreateWebhook.js';
import type { CreateProjectCheckRequestBody } from '@vercel/sdk/models/createprojectcheckop.js';
import { DrainReceiver } from './__testUtils__/DrainReceiver';
import { RollingTest } from './__testUtils__/RollingTest';
import {
  expectStatus,
  expectValue,
  teamId,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

describe('Checks of deployments', () => {
  let test: VercelTestCloud;
  let receiver: DrainReceiver;

  beforeAll(async () => {
    receiver = await DrainReceiver.start();
    test = await VercelTestCloud.start({ webhookRetryMilliseconds: [10, 10] });
  });
  beforeEach(() => receiver.clear());
  afterAll(async () => {
    await test.dispose();
    await receiver.stop();
  });

  async function createCheck(
    projectIdOrName: string,
    requestBody: CreateProjectCheckRequestBody,
  ) {
    return expectValue(
      await checksV2CreateProjectCheck(test.core, {
        projectIdOrName,
        teamId,
        requestBody,
      }),
    );
  }

  async function listRuns(deploymentId: string) {
    const { runs } = expectValue(
      await checksV2ListDeploymentCheckRuns(test.core, {
        deploymentId,
        teamId,
      }),
    );
    return runs;
  }

  const conclude = (
    deploymentId: string,
    checkRunId: string,
    conclusion: 'succeeded' | 'failed',
  ) =>
    checksV2UpdateDeploymentCheckRun(test.core, {
      deploymentId,
      checkRunId,
      teamId,
      requestBody: {
        conclusion,
        conclusionText: `It ${conclusion}`,
        externalUrl: 'http://127.0.0.1/run',
      },
    });

  const promote = (projectId: string, deploymentId: string) =>
    projectsRequestPromote(test.core, { projectId, deploymentId, teamId });

  it('keep a production deployment from its traffic until they have passed', async () => {
    const project = await test.createProject('held');
    const rolling = new RollingTest(test, 'held');
    await rolling.deploy({ 'index.html': 'first' });
    expectValue(
      await webhooksCreateWebhook(test.core, {
        teamId,
        requestBody: {
          url: receiver.url,
          events: [
            'deployment.checkrun.start',
            'deployment.checks.failed',
            'deployment.checks.succeeded',
            'deployment.promoted',
          ],
        },
      }),
    );
    const smoke = await createCheck('held', { name: 'smoke test' });
    expect(smoke).toMatchObject({
      blocks: 'deployment-alias',
      requires: 'deployment-url',
      timeout: 300,
      sourceKind: 'webhook',
    });
    const gate = await createCheck('held', {
      name: 'security',
      blocks: 'deployment-promotion',
      requires: 'none',
      targets: ['production'],
    });
    await createCheck('held', { name: 'advice', blocks: 'none' });

    const second = await rolling.deploy({ 'index.html': 'second' });
    expect(second.readySubstate).toBe('STAGED');
    expect((await test.get(rolling.host)).body).toBe('first');
    const runs = await listRuns(second.id);
    expect(runs.map(({ name, status }) => [name, status]).sort()).toEqual([
      ['advice', 'queued'],
      ['security', 'queued'],
      ['smoke test', 'queued'],
    ]);
    const runOf = (name: string) =>
      runs.find(run => run.name === name)?.id ?? '';
    expect(expectStatus(await promote(project.id, second.id))).toBe(409);
    expectValue(await conclude(second.id, runOf('security'), 'succeeded'));
    expectValue(await conclude(second.id, runOf('smoke test'), 'failed'));
    expect((await test.get(rolling.host)).body).toBe('first');

    const again = expectValue(
      await checksV2CreateDeploymentCheckRun(test.core, {
        deploymentId: second.id,
        teamId,
        requestBody: { checkId: smoke.id },
      }),
    );
    expectValue(await conclude(second.id, again.id, 'succeeded'));
    expect((await test.get(rolling.host)).body).toBe('second');
    expect(
      expectValue(
        await checksV2GetDeploymentCheckRun(test.core, {
          deploymentId: second.id,
          checkRunId: again.id,
          teamId,
        }),
      ),
    ).toMatchObject({
      status: 'completed',
      conclusion: 'succeeded',
      conclusionText: 'It succeeded',
      checkId: smoke.id,
    });
    const { runs: ofCheck } = expectValue(
      await checksV2ListCheckRuns(test.core, {
        projectIdOrName: 'held',
        checkId: smoke.id,
        teamId,
      }),
    );
    expect(ofCheck.map(({ conclusion }) => conclusion)).toEqual([
      'succeeded',
      'failed',
    ]);
    const types = () =>
      receiver.batches.map(({ raw }) => JSON.parse(raw.toString('utf8')).type);
    await waitFor(() => types().length >= 7);
    expect(types().sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'deployment.checkrun.start'),
      'deployment.checks.failed',
      'deployment.checks.succeeded',
      'deployment.promoted',
    ]);
    // A preview is none of the gate's business, and previews are not held.
    const preview = await test.deployFiles('held', { 'index.html': 'draft' });
    expect((await listRuns(preview.id)).map(({ name }) => name)).not.toContain(
      gate.name,
    );
  });

  it('start a rolling release when they pass, and none by hand before', async () => {
    const { rolling } = await RollingTest.create(test, 'staged', [10, 100]);
    await createCheck('staged', { name: 'smoke test' });
    const canary = await rolling.deployCanary();
    expect(await rolling.find()).toBeUndefined();
    expect(expectStatus(await rolling.start(canary.id))).toBe(409);
    await test.restart();
    const [run] = await listRuns(canary.id);
    expectValue(await conclude(canary.id, run.id, 'succeeded'));
    expect(await rolling.find('ACTIVE')).toMatchObject({
      canaryDeployment: { id: canary.id },
    });
  });

  it('fail when nobody concludes them in time', async () => {
    await test.createProject('late');
    const rolling = new RollingTest(test, 'late');
    await rolling.deploy({ 'index.html': 'first' });
    await createCheck('late', { name: 'slow', timeout: 1 });
    const second = await rolling.deploy({ 'index.html': 'second' });
    await waitFor(async () => {
      const [run] = await listRuns(second.id);
      return run.conclusion === 'timeout';
    });
    expect((await test.get(rolling.host)).body).toBe('first');
  });

  it('are changed, listed and deleted, and refuse what does not exist here', async () => {
    await test.createProject('listed');
    const place = { projectIdOrName: 'listed', teamId };
    const check = await createCheck('listed', {
      name: 'one',
      source: { kind: 'integration' },
    });
    expect(check.source).toMatchObject({ kind: 'integration' });
    const one = { ...place, checkId: check.id };
    const changed = expectValue(
      await checksV2UpdateProjectCheck(test.core, {
        ...one,
        requestBody: { name: 'two', blocks: 'none' },
      }),
    );
    expect(changed).toMatchObject({ id: check.id, name: 'two' });
    expect(
      expectValue(await checksV2GetProjectCheck(test.core, one)).blocks,
    ).toBe('none');
    const list = async (blocks?: 'none' | 'deployment-alias') =>
      expectValue(
        await checksV2ListProjectChecks(test.core, { ...place, blocks }),
      ).checks.map(({ name }) => name);
    expect(await list('none')).toEqual(['two']);
    expect(await list('deployment-alias')).toEqual([]);
    for (const requestBody of [
      { name: 'three', blocks: 'build-start' as const },
      {
        name: 'three',
        source: {
          kind: 'git-provider',
          provider: 'github' as const,
          externalCheckName: 'test',
        },
      },
      { name: '' },
      { name: 'three', timeout: 0 },
    ]) {
      const refused = await checksV2CreateProjectCheck(test.core, {
        ...place,
        requestBody,
      });
      expect(expectStatus(refused)).toBe(400);
    }
    const preview = await test.deployFiles('listed', { 'index.html': 'x' });
    const [run] = await listRuns(preview.id);
    const completed = await checksV2UpdateDeploymentCheckRun(test.core, {
      deploymentId: preview.id,
      checkRunId: run.id,
      teamId,
      requestBody: { status: 'completed' },
    });
    expect(expectStatus(completed)).toBe(400);
    expect(
      expectStatus(await conclude(preview.id, 'chkrun_none', 'failed')),
    ).toBe(404);
    expectValue(await checksV2DeleteProjectCheck(test.core, one));
    expect(await list()).toEqual([]);
    expect(expectStatus(await checksV2GetProjectCheck(test.core, one))).toBe(
      404,
    );
  });
});
