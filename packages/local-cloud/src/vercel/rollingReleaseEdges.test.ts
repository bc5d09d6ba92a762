import { rm, writeFile } from 'node:fs/promises';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import { rollingReleaseDeleteRollingReleaseConfig } from '@vercel/sdk/funcs/rollingReleaseDeleteRollingReleaseConfig.js';
import { rollingReleaseGetRollingReleaseBillingStatus } from '@vercel/sdk/funcs/rollingReleaseGetRollingReleaseBillingStatus.js';
import { webhooksCreateWebhook } from '@vercel/sdk/funcs/webhooksCreateWebhook.js';
import { DrainReceiver, signatureOf } from './__testUtils__/DrainReceiver';
import { RollingTest } from './__testUtils__/RollingTest';
import {
  expectStatus,
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

interface Delivery {
  type: string;
  payload: {
    projectName: string;
    rollingRelease: { state: string; default: object; writtenBy: string };
    prevRollingRelease?: { state: string };
  };
}

describe('Rolling releases at their edges', () => {
  let test: VercelTestCloud;
  let receiver: DrainReceiver;

  beforeAll(async () => {
    receiver = await DrainReceiver.start();
    test = await VercelTestCloud.start({
      webhookRetryMilliseconds: [10, 10],
      config: { runtime: { idleMillis: 200 } },
    });
  });
  beforeEach(() => receiver.clear());
  afterAll(async () => {
    await test.dispose();
    await receiver.stop();
  });

  it('leave the visitors of the stable version alone when the canary does not start', async () => {
    const name = 'broken';
    const rolling = new RollingTest(test, name);
    await test.createProject(name);
    const stable = await rolling.deploy(tinyServer('stable'));
    await rolling.configure({
      advancementType: 'manual-approval',
      stages: [{ targetPercentage: 50 }, { targetPercentage: 100 }],
      canaryResponseHeader: true,
    });
    const marker = `${test.cloud.config.dataDir}/may-start`;
    await writeFile(marker, '');
    const canary = await rolling.deploy({
      ...tinyServer('canary'),
      'package.json': JSON.stringify({
        name: 'tiny',
        version: '1.0.0',
        scripts: { start: `test -e '${marker}' && exec node server.js` },
      }),
    });
    const [stableVisitor, canaryVisitor] = [
      rolling.visitor(),
      rolling.visitor(),
    ];
    await stableVisitor.get('/?vcrrForceStable=true');
    const chosen = await canaryVisitor.get('/?vcrrForceCanary=true');
    expect(chosen.body).toBe('canary');
    expect(chosen.headers['x-vercel-canary-id']).toBe(canary.id);
    expect(
      (await stableVisitor.get()).headers['x-vercel-canary-id'],
    ).toBeUndefined();

    await createLogDrain();
    await rm(marker);
    await canaryVisitor.get('/crash');
    const failed = await waitFor(async () => {
      const answer = await canaryVisitor.get('/page');
      return answer.headers['x-vercel-error'] ? answer : undefined;
    });
    expect(failed.status).toBeGreaterThanOrEqual(500);
    for (let visit = 0; visit < 20; visit += 1) {
      expect(await stableVisitor.get('/page')).toMatchObject({
        status: 200,
        body: 'stable',
      });
    }
    await test.cloud.vercel.drains.flush();
    const rows = receiver.rows<{
      deploymentId: string;
      path?: string;
      statusCode?: number;
    }>();
    const answeredBy = (status: (code: number) => boolean) =>
      new Set(
        rows
          .filter(({ path, statusCode }) => {
            return path === '/page' && status(statusCode ?? 0);
          })
          .map(({ deploymentId }) => deploymentId),
      );
    expect(answeredBy(code => code === 200)).toEqual(new Set([stable.id]));
    expect(answeredBy(code => code !== 200)).toEqual(new Set([canary.id]));

    expect(expectStatus(await rolling.complete(canary.id))).toBe(422);
    expect(await rolling.find()).toMatchObject({ state: 'ACTIVE' });
    expectValue(
      await rollingReleaseDeleteRollingReleaseConfig(test.core, {
        idOrName: name,
        teamId,
      }),
    );
    expect(await rolling.getConfig()).toBeUndefined();
    // What is under way goes on.
    expect(await rolling.find()).toMatchObject({ state: 'ACTIVE' });
    await rolling.patchConfig({
      enabled: false,
      disableRolloutAction: 'abort',
    });
    expect(await rolling.find()).toMatchObject({ state: 'ABORTED' });
  });

  it('keep both versions running while nobody visits', async () => {
    const name = 'warm';
    const rolling = new RollingTest(test, name);
    await test.createProject(name);
    const stable = await rolling.deploy(tinyServer('stable'));
    const aside = await test.deployFiles(name, tinyServer('aside'));
    await rolling.configure({
      advancementType: 'manual-approval',
      stages: [{ targetPercentage: 50 }, { targetPercentage: 100 }],
    });
    const canary = await rolling.deploy(tinyServer('canary'));
    const pidOf = async (host: string) =>
      Number((await test.get(host, '/pid')).body);
    const pids = [await pidOf(stable.url), await pidOf(canary.url)];
    const idle = await pidOf(aside.url);
    await waitFor(() => !isRunning(idle));
    expect(pids.map(isRunning)).toEqual([true, true]);
    expectValue(await rolling.complete(canary.id));
    await waitFor(() => !isRunning(pids[0]));
  });

  it('tell their webhooks, signed, what they were and what they are', async () => {
    const webhook = expectValue(
      await webhooksCreateWebhook(test.core, {
        teamId,
        requestBody: {
          url: receiver.url,
          events: [
            'project.rolling-release.started',
            'project.rolling-release.approved',
            'project.rolling-release.completed',
            'project.rolling-release.aborted',
          ],
        },
      }),
    );
    const { rolling, stable } = await RollingTest.create(
      test,
      'told',
      [10, 35, 100],
    );
    const canary = await rolling.deployCanary();
    expectValue(await rolling.approve(canary.id, 1));
    expectValue(await rolling.complete(canary.id));
    const next = await rolling.deploy({ 'index.html': 'next' });
    await rolling.abort(next.id);
    const names = ['started', 'approved', 'completed', 'started', 'aborted'];
    // The drain of another test sends its logs here, too.
    const listOwn = () =>
      receiver.batches.filter(({ raw }) =>
        ['"told"', '"type":"project.rolling-release.'].every(part =>
          raw.includes(part),
        ),
      );
    await waitFor(() => listOwn().length >= names.length);
    const bodies = listOwn().map(({ raw, headers }) => {
      expect(headers['x-vercel-signature']).toBe(
        signatureOf(raw, webhook.secret),
      );
      return JSON.parse(raw.toString('utf8')) as Delivery;
    });
    const find = (name: string) =>
      bodies.filter(({ type }) => type === `project.rolling-release.${name}`);
    expect(bodies.map(({ type }) => type.split('.')[2]).sort()).toEqual(
      [...names].sort(),
    );
    expect(find('approved')[0].payload).toMatchObject({
      projectName: 'told',
      rollingRelease: {
        state: 'ACTIVE',
        activeStageIndex: 1,
        deploymentIds: [stable.id, canary.id],
        default: {
          baseDeploymentId: stable.id,
          targetDeploymentId: canary.id,
          targetPercentage: 35,
        },
        writtenBy: 'stage-1-approval',
      },
      prevRollingRelease: { activeStageIndex: 0 },
    });
    expect(find('completed')[0].payload.rollingRelease.state).toBe('COMPLETE');
    const [aborted] = find('aborted');
    expect(aborted.payload.rollingRelease.state).toBe('ABORTED');
    expect(aborted.payload.rollingRelease.default).not.toHaveProperty(
      'targetPercentage',
    );
  });

  it('refuse a configuration that makes no sense, and read a good one back', async () => {
    const { rolling } = await RollingTest.create(test, 'rules', [10, 100]);
    const stages = (...items: object[]) => ({ enabled: true, stages: items });
    const automatic = { advancementType: 'automatic' };
    const manual = { advancementType: 'manual-approval' };
    const last = { targetPercentage: 100 };
    for (const [body, words] of [
      [{ enabled: true }, 'advancementType'],
      [{ ...manual, enabled: true }, '2 to 10'],
      [{ ...manual, ...stages(last) }, '2 to 10'],
      [
        {
          ...manual,
          ...stages(
            ...Array.from({ length: 10 }, (_, at) => ({
              targetPercentage: at,
            })),
            last,
          ),
        },
        '2 to 10',
      ],
      [
        {
          ...manual,
          ...stages({ targetPercentage: 5 }, { targetPercentage: 50 }),
        },
        '100',
      ],
      [
        {
          ...manual,
          ...stages({ targetPercentage: 5 }, { targetPercentage: 5 }, last),
        },
        'higher',
      ],
      [
        { ...manual, ...stages({ targetPercentage: -1 }, last) },
        'targetPercentage',
      ],
      [
        { ...manual, ...stages({ targetPercentage: 5, duration: 5 }, last) },
        'approval',
      ],
      [{ ...automatic, ...stages({ targetPercentage: 5 }, last) }, 'minutes'],
      [
        { ...automatic, ...stages({ targetPercentage: 5, duration: 0 }, last) },
        'duration',
      ],
      [
        {
          ...automatic,
          ...stages({ targetPercentage: 5, duration: 10_001 }, last),
        },
        'duration',
      ],
      [
        {
          ...automatic,
          ...stages(
            { targetPercentage: 5, duration: 1 },
            { ...last, duration: 1 },
          ),
        },
        'last one',
      ],
      [
        {
          ...automatic,
          ...stages(
            { targetPercentage: 5, duration: 1, requireApproval: true },
            last,
          ),
        },
        'contradicts',
      ],
      [
        {
          ...manual,
          ...stages({ targetPercentage: 5 }, last),
          gate: { enabled: true },
        },
        'gate',
      ],
      [{ stages: [] }, 'enabled'],
    ] as const) {
      const response = await rolling.patchConfig(body);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(words);
    }
    await rolling.configure({
      advancementType: 'automatic',
      stages: [{ targetPercentage: 0, duration: 10_000 }, last],
      canaryResponseHeader: true,
    });
    const config = {
      target: 'production',
      stages: [{ targetPercentage: 0, duration: 10_000 }, last],
      canaryResponseHeader: true,
    };
    expect(await rolling.getConfig()).toMatchObject(config);
    expect((await test.getProject('rules')).rollingRelease).toMatchObject(
      config,
    );
    expectValue(
      await rollingReleaseGetRollingReleaseBillingStatus(test.core, {
        idOrName: 'rules',
        teamId,
      }),
    );
  });

  it('refuse steps that do not fit', async () => {
    const rolling = new RollingTest(test, 'steps');
    await test.createProject('steps');
    const page = { 'index.html': 'hello' };
    const preview = await test.deployFiles('steps', page);
    expect(expectStatus(await rolling.start(preview.id))).toBe(400);
    await rolling.configure({
      advancementType: 'manual-approval',
      stages: [10, 20, 100].map(targetPercentage => ({ targetPercentage })),
    });
    expect(expectStatus(await rolling.start(preview.id))).toBe(422);
    expect(expectStatus(await rolling.start('dpl_nothing'))).toBe(404);
    // The first version has nobody to share with, and takes all.
    const stable = await rolling.deploy(page);
    expect(stable.readySubstate).toBe('PROMOTED');
    expect(expectStatus(await rolling.start(stable.id))).toBe(409);
    expect(expectStatus(await rolling.approve(stable.id, 1))).toBe(404);
    expect(expectStatus(await rolling.complete(stable.id))).toBe(404);
    expect((await rolling.abort(stable.id)).status).toBe(404);
    expect(await rolling.find()).toBeUndefined();

    const canary = await rolling.deployCanary();
    expect(expectStatus(await rolling.approve(canary.id, 0))).toBe(400);
    expect(expectStatus(await rolling.approve(canary.id, 2))).toBe(400);
    expect(expectStatus(await rolling.approve(stable.id, 1))).toBe(400);
    expect(expectStatus(await rolling.complete(stable.id))).toBe(400);
    expect((await rolling.abort(stable.id)).status).toBe(400);
    expect((await rolling.find())?.activeStage?.index).toBe(0);
    const { deployments } = expectValue(
      await deploymentsGetDeployments(test.core, { app: 'steps', teamId }),
    );
    expect(deployments.map(({ readySubstate }) => readySubstate)).toEqual([
      'ROLLING',
      'PROMOTED',
      undefined,
    ]);
  });

  async function createLogDrain() {
    const response = await test.fetchApi('/v1/drains', {
      method: 'POST',
      body: JSON.stringify({
        name: 'logs',
        projects: 'all',
        schemas: { log: { version: 'v1' } },
        delivery: {
          type: 'http',
          endpoint: receiver.url,
          encoding: 'json',
          headers: {},
        },
      }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
