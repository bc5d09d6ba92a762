import { TestDatabases } from '@backstage/backend-test-utils';
import type { TestLocalCloud } from '@forkyard/local-cloud';
import {
  credentials,
  startTestCloud,
  TestForks,
} from './__testUtils__/TestForks';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

describe('a provisioning against both providers', () => {
  let cloud: TestLocalCloud;
  let forks: TestForks;

  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  beforeEach(async () => {
    forks = await TestForks.start(cloud, await databases.init('POSTGRES_18'));
  });
  afterEach(async () => {
    await forks.clearFaults();
    await forks.stop();
  });
  afterAll(() => cloud.dispose());

  it('makes a repository, a project, a database, a deployment and a catalog entity', async () => {
    const created = await forks.provision({ name: 'whole' });
    expect(created).toMatchObject({ state: 'running', forkName: 'whole' });

    const done = await forks.waitFor(created.id, 'succeeded', 'failed');

    expect(done.steps.map(step => [step.id, step.state, step.error])).toEqual([
      ['repository', 'succeeded', undefined],
      ['project', 'succeeded', undefined],
      ['environment', 'skipped', undefined],
      ['stores', 'succeeded', undefined],
      ['domain', 'skipped', undefined],
      ['deployment', 'succeeded', undefined],
      ['verification', 'succeeded', undefined],
      ['registration', 'succeeded', undefined],
    ]);
    expect(await forks.log(created.id)).toBe('');
  });
});
