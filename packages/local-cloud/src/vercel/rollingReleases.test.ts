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

jest.setTimeout(60_000);

const MINUTE_MILLIS = 400;

describe('Rolling releases', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start({
      config: { rollingReleaseMinuteMillis: MINUTE_MILLIS },
    });
  });
  afterAll(() => test.dispose());

  it('give the canary its share of visitors, and keep each of them where they are', async () => {
    const { rolling, stable } = await RollingTest.create(
      test,
      'split',
      [5, 25, 100],
    );
    const canary = await rolling.deploy('canary');
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
    // Four standard deviations of a binomial with p = 0.05.
    expectShare(await rolling.countAnswers(2_000), 'canary', 0.05, 2_000);
    expect((await test.get(stable.url)).headers['set-cookie']).toBeUndefined();

    const visitors = Array.from({ length: 100 }, () => rolling.visitor());
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
    expect(await rolling.find('ACTIVE')).toBeNull();
  });
});

function expectShare(
  counts: Map<string, number>,
  body: string,
  share: number,
  requests: number,
) {
  const expected = share * requests;
  const bound = 4 * Math.sqrt(expected * (1 - share));
  const count = counts.get(body) ?? 0;
  expect(count).toBeGreaterThan(expected - bound);
  expect(count).toBeLessThan(expected + bound);
}
