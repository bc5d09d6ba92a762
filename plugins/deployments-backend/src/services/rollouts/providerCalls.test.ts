import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { RolloutFixture } from '../../__testUtils__/RolloutFixture';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('what a rollout asks its provider', () => {
  let fixture: RolloutFixture;

  beforeEach(async () => {
    fixture = await RolloutFixture.create(await databases.init('POSTGRES_18'));
    fixture.world.slo.serve('one', { requests: 2000, errors: 4, slow: 100 });
  });

  /** The calls of so many ticks of five seconds. */
  async function countCalls(ticks: number): Promise<Record<string, number>> {
    const { calls, canary } = fixture.provider;
    calls.length = 0;
    canary!.calls.length = 0;
    await fixture.serveWell(ticks);
    const counts: Record<string, number> = {};
    for (const call of [...calls, ...canary!.calls]) {
      counts[call] = (counts[call] ?? 0) + 1;
    }
    return counts;
  }

  it('is two things a tick while a canary has traffic, and its versions every half minute', async () => {
    fixture.world.plan = createTestPlan({
      stages: [{ percent: 5, minutes: 60, approval: false }],
    });
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ percent: 5 });
    expect(await countCalls(12)).toEqual({
      listEnvironments: 12,
      getCanary: 12,
      'getDeployment one': 2,
      'getDeployment two': 2,
    });
  });

  it('is one thing a tick before there is traffic, and while all of it is watched', async () => {
    fixture.world.plan = createTestPlan({
      strategy: 'blue-green',
      stages: [],
      watchMinutes: 60,
    });
    fixture.world.gates = [
      { gate: 'ci', state: 'waiting', reason: 'CI runs.', checkedAt: '' },
    ];
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    const expected = {
      listEnvironments: 12,
      'getDeployment one': 2,
      'getDeployment two': 2,
    };
    expect(await countCalls(12)).toEqual(expected);
    fixture.world.gates = [];
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'watching' });
    expect(await countCalls(12)).toEqual(expected);
  });

  it('is everything once more before a step is made', async () => {
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    for (
      let count = 0;
      fixture.provider.canary?.current?.state === 'active';
      count++
    ) {
      expect(count).toBeLessThan(5);
      fixture.world.slo.serve('one', { requests: 950 });
      fixture.world.slo.serve('two', { requests: 50, errors: 20 });
      fixture.provider.calls.length = 0;
      await fixture.tick(5);
    }
    expect(await fixture.find('two')).toMatchObject({ state: 'aborted' });
    expect(fixture.provider.calls.slice(0, 4).sort()).toEqual([
      'getDeployment one',
      'getDeployment two',
      'listEnvironments',
      'listEnvironments',
    ]);
  });
});
