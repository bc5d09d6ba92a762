import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { mockDeploymentsService } from '@forkyard/plugin-deployments-node';
import { createTestStores } from '../__testUtils__/createTestStores';
import { EntitiesService } from './EntitiesService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

type Project = { entityRef: string; provider: string; projectId: string };

const ref = (name: string) => `component:default/${name}`;
const project = (name: string, projectId: string): Project => ({
  entityRef: ref(name),
  provider: 'vercel',
  projectId,
});

const component = (name: string, annotations: Record<string, string> = {}) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name, namespace: 'default', annotations },
});

const annotated = (name: string) =>
  component(name, {
    'vercel.com/project-id': name,
    'forkyard.dev/budget': '10',
  });

async function create() {
  const stores = await createTestStores(await databases.init('POSTGRES_18'));
  const world = {
    projects: [] as Project[],
    entities: [] as ReturnType<typeof component>[],
  };
  const summaries = { updateSummaries: jest.fn(async () => {}) };
  const sync = () =>
    new EntitiesService({
      entities: stores.entities,
      summaries,
      anomalyFinder: { updateAnomalies: async () => {} },
      deployments: mockDeploymentsService({
        // One a page, so that the pages are followed.
        listProjects: async ({ cursor = '0' }) => ({
          items: world.projects.slice(Number(cursor), Number(cursor) + 1),
          nextCursor:
            Number(cursor) + 1 < world.projects.length
              ? String(Number(cursor) + 1)
              : undefined,
        }),
      }),
      catalog: catalogServiceMock({ entities: world.entities }),
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
    }).syncEntities();
  const pays = async () =>
    Object.fromEntries(
      (await stores.entities.listProjects()).map(p => [
        p.projectKey,
        p.entityRef,
      ]),
    );
  const budgets = async () =>
    Object.fromEntries(
      (await stores.entities.listAllBudgets()).map(b => [b.entityRef, b.value]),
    );
  return { world, sync, pays, budgets, summaries, stores };
}

describe('EntitiesService', () => {
  it('follows verified projects and named budgets', async () => {
    const { world, sync, pays, budgets, summaries } = await create();
    world.projects = [project('a', 'prj_1'), project('b', 'prj_2')];
    world.entities = [annotated('a'), component('plain')];
    await sync();
    expect(await pays()).toEqual({ prj_1: ref('a'), prj_2: ref('b') });
    expect(await budgets()).toEqual({ [ref('a')]: '10' });

    world.projects[1] = project('c', 'prj_2');
    world.entities[0].metadata.annotations['forkyard.dev/budget'] = '20';
    await sync();
    expect(await pays()).toEqual({ prj_1: ref('a'), prj_2: ref('c') });
    expect(await budgets()).toEqual({ [ref('a')]: '20' });
    expect(summaries.updateSummaries).toHaveBeenCalledTimes(2);
    await sync();
    expect(summaries.updateSummaries).toHaveBeenCalledTimes(2);
  });

  it('lets the first of several entities pay for a project that they share', async () => {
    const { world, sync, pays } = await create();
    world.projects = [
      project('b', 'prj_1'),
      project('a', 'prj_1'),
      { ...project('a', 'app'), provider: 'argocd' },
    ];
    await sync();
    expect(await pays()).toEqual({ prj_1: ref('a') });
  });

  it('gives up a project that is no longer listed among many', async () => {
    const { world, sync, pays } = await create();
    world.projects = ['a', 'b', 'c'].map(n => project(n, `prj_${n}`));
    world.entities = ['a', 'b', 'c'].map(annotated);
    await sync();
    world.projects.pop();
    await sync();
    expect(Object.keys(await pays())).toEqual(['prj_a', 'prj_b']);
  });

  it('gives up nothing because a list is suddenly empty', async () => {
    const { world, sync, pays, budgets } = await create();
    world.projects = ['a', 'b', 'c'].map(n => project(n, `prj_${n}`));
    world.entities = ['a', 'b', 'c'].map(annotated);
    await sync();
    world.projects = [];
    world.entities = [annotated('a'), annotated('b')];
    await sync();
    expect(Object.keys(await pays())).toEqual(['prj_a', 'prj_b']);
    expect(Object.keys(await budgets())).toEqual([ref('a'), ref('b')]);
  });

  it('changes nothing and fails when deployments cannot be asked', async () => {
    const { world, sync, pays, stores } = await create();
    world.projects = [project('a', 'prj_1')];
    await sync();
    const failing = new EntitiesService({
      entities: stores.entities,
      summaries: { updateSummaries: async () => {} },
      anomalyFinder: { updateAnomalies: async () => {} },
      deployments: mockDeploymentsService({
        listProjects: async () => {
          throw new ServiceUnavailableError('Deployments is away');
        },
      }),
      catalog: catalogServiceMock(),
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
    });
    await expect(failing.syncEntities()).rejects.toThrow('Deployments is away');
    expect(await pays()).toEqual({ prj_1: ref('a') });
  });
});
