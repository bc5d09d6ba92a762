import { deploymentsDeleteDeployment } from '@vercel/sdk/funcs/deploymentsDeleteDeployment.js';
import { projectsRequestPromote } from '@vercel/sdk/funcs/projectsRequestPromote.js';
import { projectsRequestRollback } from '@vercel/sdk/funcs/projectsRequestRollback.js';
import { RollingTest } from './__testUtils__/RollingTest';
import {
  expectStatus,
  expectValue,
  teamId,
  VercelTestCloud,
  waitFor,
} from './__testUtils__/VercelTestCloud';

const MINUTE = 60_000;

describe('Rolling releases', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start();
  });
  afterAll(() => test.dispose());

  it('give the canary its share of visitors, and keep each of them where they are', async () => {
    const { rolling, stable } = await RollingTest.create(
      test,
      'split',
      [5, 25, 100],
    );
    const canary = await rolling.deployCanary();
    expect(canary.readySubstate).toBe('ROLLING');
    expect(await rolling.find('ACTIVE')).toMatchObject({
      state: 'ACTIVE',
      substate: null,
      advancementType: 'manual-approval',
      currentDeployment: { id: stable.id },
      canaryDeployment: { id: canary.id, readyState: 'READY' },
      activeStage: { index: 0, targetPercentage: 5, requireApproval: true },
      nextStage: { index: 1, targetPercentage: 25 },
      queuedDeploymentId: null,
    });
    expectShare(await rolling.countAnswers(2_000), 'canary', 0.05, 2_000);
    expect((await test.get(stable.url)).headers['set-cookie']).toBeUndefined();

    const visitors = Array.from({ length: 60 }, () => rolling.visitor());
    const seen = async () =>
      Promise.all(visitors.map(async visitor => (await visitor.get()).body));
    const first = await seen();
    expect(await seen()).toEqual(first);
    expectValue(await rolling.approve(canary.id, 1));
    const second = await seen();
    expect(
      second.filter((body, index) => {
        return first[index] === 'canary' && body !== 'canary';
      }),
    ).toEqual([]);
    expectShare(await rolling.countAnswers(1_000), 'canary', 0.25, 1_000);

    const done = expectValue(await rolling.approve(canary.id, 2));
    expect(done.rollingRelease).toMatchObject({ state: 'COMPLETE' });
    expect(new Set(await seen())).toEqual(new Set(['canary']));
    const { targets } = await test.getProject('split');
    expect(targets?.production?.id).toBe(canary.id);
    expect((await test.getDeployment(canary.id)).readySubstate).toBe(
      'PROMOTED',
    );
    expect(await rolling.find('ACTIVE')).toBeUndefined();
  });

  it('start with a promotion, and let a build wait for the end of the one before', async () => {
    const { rolling, stable } = await RollingTest.create(
      test,
      'queued',
      [50, 100],
    );
    const { id: projectId } = await test.getProject('queued');
    await test.fetchApi(`/v9/projects/${projectId}`, {
      method: 'PATCH',
      body: JSON.stringify({ autoAssignCustomDomains: false }),
    });
    const canary = await rolling.deployCanary();
    expect(canary.readySubstate).toBe('STAGED');
    expect(await rolling.find()).toBeUndefined();
    const promote = (deploymentId: string) =>
      projectsRequestPromote(test.core, { projectId, deploymentId, teamId });
    expectValue(await promote(canary.id));
    const active = await waitFor(() => rolling.find('ACTIVE'));
    expect(active.currentDeployment?.id).toBe(stable.id);
    expect(expectStatus(await promote(canary.id))).toBe(409);

    await test.fetchApi(`/v9/projects/${projectId}`, {
      method: 'PATCH',
      body: JSON.stringify({ autoAssignCustomDomains: true }),
    });
    const third = await rolling.deploy({ 'index.html': 'third' });
    expect(third.readySubstate).toBe('STAGED');
    expect((await rolling.find())?.queuedDeploymentId).toBe(third.id);
    expect(expectStatus(await rolling.start(third.id))).toBe(409);
    // The same one again is no second release.
    const again = expectValue(await rolling.start(canary.id)).rollingRelease;
    expect(again?.startedAt).toBe(active.startedAt);

    expectValue(await rolling.complete(canary.id));
    expect(await rolling.find()).toMatchObject({
      state: 'ACTIVE',
      currentDeployment: { id: canary.id },
      canaryDeployment: { id: third.id },
      queuedDeploymentId: null,
    });
  });

  it('are aborted by a rollback, which pins production until the next one is complete', async () => {
    const { rolling, stable } = await RollingTest.create(
      test,
      'aborted',
      [50, 100],
    );
    const { id: projectId } = await test.getProject('aborted');
    const canary = await rolling.deployCanary();
    const visitor = rolling.visitor();
    expect((await visitor.get('/?vcrrForceCanary=true')).body).toBe('canary');
    expect((await visitor.get()).body).toBe('canary');
    expectValue(
      await projectsRequestRollback(test.core, {
        projectId,
        deploymentId: stable.id,
        description: 'Too many errors',
        teamId,
      }),
    );
    // At once, whatever the job that moves the aliases still has to do.
    expect((await visitor.get()).body).toBe('stable');
    expect([...(await rolling.countAnswers(50)).keys()]).toEqual(['stable']);
    expect(await rolling.find()).toMatchObject({
      state: 'ABORTED',
      activeStage: null,
      nextStage: null,
      canaryDeployment: { id: canary.id },
    });
    const pinned = await waitFor(async () => {
      const project = await test.getProject('aborted');
      return project.lastAliasRequest?.jobStatus === 'succeeded' && project;
    });
    expect(pinned.lastAliasRequest?.type).toBe('rollback');
    expect(pinned.lastRollbackTarget).not.toBeNull();
    expect(pinned.rollbackDescription?.description).toBe('Too many errors');

    const fixed = await rolling.deploy({ 'index.html': 'fixed' });
    expect(fixed.readySubstate).toBe('STAGED');
    expectValue(await rolling.start(fixed.id));
    expect(
      (await test.getProject('aborted')).lastRollbackTarget,
    ).not.toBeNull();
    // The choice counts for one release only.
    expect((await visitor.get('/?vcrrForceStable=true')).body).toBe('stable');
    expect((await visitor.get()).body).toBe('stable');
    expectValue(await rolling.complete(fixed.id));
    expect((await test.getProject('aborted')).lastRollbackTarget).toBeNull();
    expect((await visitor.get()).body).toBe('fixed');

    const last = await rolling.deployCanary();
    const response = await rolling.abort(last.id);
    expect(await response.json()).toMatchObject({
      rollingRelease: { state: 'ABORTED', canaryDeployment: { id: last.id } },
    });
    expect([...(await rolling.countAnswers(50)).keys()]).toEqual(['fixed']);
  });

  it('split the names of production, and no others that lead to the same version', async () => {
    const { rolling, stable } = await RollingTest.create(
      test,
      'named',
      [0, 100],
    );
    await rolling.deployCanary();
    for (const [path, body] of [
      [`/v2/deployments/${stable.id}/aliases`, { alias: 'aside.localhost' }],
      ['/v10/projects/named/domains', { name: 'www.example.com' }],
    ] as const) {
      const response = await test.fetchApi(path, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      expect(response.ok).toBe(true);
    }
    const ask = async (host: string) =>
      (await test.get(host, '/?vcrrForceCanary=true')).body;
    expect(await ask(rolling.host)).toBe('canary');
    expect(await ask('www.example.com')).toBe('canary');
    expect(await ask('aside.localhost')).toBe('stable');
    expect(await ask(stable.url)).toBe('stable');
  });

  it('end when the canary is deleted, and keep the version they started from', async () => {
    const { rolling, stable } = await RollingTest.create(
      test,
      'deleted',
      [50, 100],
    );
    const canary = await rolling.deployCanary();
    const remove = (id: string) =>
      deploymentsDeleteDeployment(test.core, { id, teamId });
    expect(expectStatus(await remove(stable.id))).toBe(409);
    expectValue(await remove(canary.id));
    expect(await rolling.find()).toMatchObject({
      state: 'ABORTED',
      canaryDeployment: null,
    });
    expect([...(await rolling.countAnswers(100)).keys()]).toEqual(['stable']);
    expect(expectStatus(await rolling.complete(canary.id))).toBe(404);
  });

  it('advance by themselves when their stages have durations', async () => {
    const hasty = await VercelTestCloud.start({
      config: { rollingReleaseMinuteMillis: 50 },
    });
    try {
      const { rolling, canary } = await startTimed(hasty, 'timed');
      await waitFor(() => rolling.find('COMPLETE'));
      expect((await hasty.get(rolling.host)).body).toBe('canary');
      expect((await hasty.getDeployment(canary.id)).readySubstate).toBe(
        'PROMOTED',
      );
    } finally {
      await hasty.dispose();
    }
  });

  it('go on after a restart where time has brought them', async () => {
    const { rolling } = await startTimed(test, 'late');
    expect(await rolling.find()).toMatchObject({
      advancementType: 'automatic',
      activeStage: { targetPercentage: 0, duration: 60, isFinalStage: false },
    });
    let passed = 0;
    const now = Date.now.bind(Date);
    const clock = jest
      .spyOn(Date, 'now')
      .mockImplementation(() => now() + passed);
    try {
      passed += MINUTE;
      await test.restart();
      await waitFor(async () => {
        const release = await rolling.find();
        return release?.activeStage?.index === 1;
      });
      passed += MINUTE;
      const shifting = await rolling.find();
      expect(shifting?.activeStage).toMatchObject({ linearShift: true });
      expect(shifting?.currentCanaryPercentage).toBeGreaterThanOrEqual(60);
      passed += MINUTE;
      await test.restart();
      await waitFor(() => rolling.find('COMPLETE'));
      expect((await test.get(rolling.host)).body).toBe('canary');
    } finally {
      clock.mockRestore();
    }
  });

  /** A release whose canary takes over in three of its minutes. */
  async function startTimed(cloud: VercelTestCloud, name: string) {
    const { rolling } = await RollingTest.create(cloud, name, [50, 100]);
    await rolling.configure({
      advancementType: 'automatic',
      stages: [
        { targetPercentage: 0, duration: 1 },
        { targetPercentage: 20, duration: 2, linearShift: true },
        { targetPercentage: 100 },
      ],
    });
    return { rolling, canary: await rolling.deployCanary() };
  }
});

function expectShare(
  counts: Map<string, number>,
  body: string,
  share: number,
  requests: number,
) {
  const expected = share * requests;
  // Six standard deviations: outside of them once in a hundred million runs.
  const bound = 6 * Math.sqrt(expected * (1 - share));
  const count = counts.get(body) ?? 0;
  expect(count).toBeGreaterThan(expected - bound);
  expect(count).toBeLessThan(expected + bound);
}
