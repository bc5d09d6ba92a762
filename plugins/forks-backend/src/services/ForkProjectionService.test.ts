import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { NotFoundError } from '@backstage/errors';
import type { EntityDeploymentStatus } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { migrate } from '../__testUtils__/TestForks';
import { DatabaseForkStore } from '../database/DatabaseForkStore';
import { CatalogRegistrationSource } from '../sources/CatalogRegistrationSource';
import { mockDeploymentsService } from '@forkyard/plugin-deployments-node';
import { DefaultForkProjectionService } from './ForkProjectionService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('DefaultForkProjectionService', () => {
  let knex: Knex;
  let forks: DatabaseForkStore;
  const announceStatus = jest.fn();
  const getEntityStatus = jest.fn();
  const getEntityByRef = jest.fn();

  const live = (entityRef: string): EntityDeploymentStatus => ({
    entityRef,
    environments: [
      {
        environment: 'production',
        url: 'https://shop.example.com',
        live: {
          id: 'vercel:dpl_2',
          provider: 'vercel',
          externalId: 'dpl_2',
          projectId: 'prj_1',
          entityRef,
          environment: 'production',
          state: 'ready',
          live: true,
          liveSince: '2026-11-21T10:00:00.000Z',
          aliases: [],
          createdAt: '2026-11-21T10:00:00.000Z',
          observedAt: '2026-11-21T10:00:00.000Z',
        },
      },
    ],
  });

  beforeEach(async () => {
    jest.resetAllMocks();
    knex = await databases.init('POSTGRES_18');
    await migrate(knex);
    forks = new DatabaseForkStore(knex);
    await knex('forks').insert(
      ['one', 'two', 'three', 'four', 'five', 'made'].map(name => ({
        name,
        title: name,
        description: '',
        entity_ref: `component:default/${name}`,
        owner: 'group:default/platform',
        lifecycle: name === 'made' ? 'provisioning' : 'active',
        status: 'in-progress',
        status_reason: '',
        base_repository: 'acme/base-app',
        base_sha: 'a'.repeat(40),
        slo_tier: 'standard',
        monthly_budget_usd: '50',
        provisioning_id: name,
        created_by: 'user:default/ana',
      })),
    );
    getEntityStatus.mockImplementation(async ({ entityRef }) =>
      live(entityRef),
    );
  });

  const service = () =>
    new DefaultForkProjectionService({
      forks,
      deployments: mockDeploymentsService({ getEntityStatus }),
      registration: new CatalogRegistrationSource(
        catalogServiceMock.mock({ getEntityByRef }),
        mockServices.auth(),
      ),
      auth: mockServices.auth(),
      announcer: {
        announceStatus,
        announceFork: jest.fn(),
        announceProgress: jest.fn(),
        notifyCreator: jest.fn(),
      },
    });

  it('refreshes the fork of an event, and tells only of changes', async () => {
    const entityRef = 'component:default/one';
    await service().refreshFork({ entityRef });
    await service().refreshFork({ entityRef });
    expect(await forks.findFork({ name: 'one' })).toMatchObject({
      status: 'healthy',
      productionUrl: 'https://shop.example.com',
      live: { deploymentId: 'vercel:dpl_2' },
    });
    expect(announceStatus).toHaveBeenCalledTimes(1);
    expect(announceStatus).toHaveBeenCalledWith({
      forkName: 'one',
      status: 'healthy',
    });
  });

  it('leaves alone what is no fork, or still being made', async () => {
    await service().refreshFork({ entityRef: 'component:default/none' });
    await service().refreshFork({ entityRef: 'component:default/made' });
    expect(getEntityStatus).not.toHaveBeenCalled();
  });

  it('refreshes all forks that were not looked at lately, each once', async () => {
    expect(await service().refreshStaleForks({ olderThanSeconds: 60 })).toEqual(
      { refreshed: 5 },
    );
    expect(await service().refreshStaleForks({ olderThanSeconds: 60 })).toEqual(
      { refreshed: 0 },
    );
  });

  it('asks only about what was due when it began, and ends with its signal', async () => {
    const take = jest.spyOn(forks, 'takeForksToProject');
    const controller = new AbortController();
    const { signal } = controller;
    await service().refreshStaleForks({ olderThanSeconds: 60, signal });
    const [first, second] = take.mock.calls.map(
      ([request]) => request.olderThanSeconds,
    );
    expect(second).toBeGreaterThan(first);

    await knex('forks').update({ projected_at: null });
    getEntityStatus.mockImplementation(async ({ entityRef }) => {
      controller.abort();
      return live(entityRef);
    });
    expect(
      await service().refreshStaleForks({ olderThanSeconds: 60, signal }),
    ).toEqual({ refreshed: 4 });
  });

  describe('with an entity in the catalog', () => {
    const entityRef = 'component:default/one';
    const entity: Entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'one', title: 'The one', description: 'Sells' },
      spec: { owner: 'sales', system: 'shop' },
    };
    const kept = async () => {
      const { title, description, owner, system } = (await forks.findFork({
        name: 'one',
      }))!;
      return { title, description, owner, system };
    };

    it('takes over its owner, title, description and system', async () => {
      getEntityByRef.mockResolvedValue(entity);
      await service().refreshFork({ entityRef });
      expect(await kept()).toEqual({
        title: 'The one',
        description: 'Sells',
        owner: 'group:default/sales',
        system: 'system:default/shop',
      });

      getEntityByRef.mockResolvedValue({
        ...entity,
        metadata: { name: 'one' },
        spec: { owner: 'sales' },
        relations: [{ type: 'ownedBy', targetRef: 'user:default/ana' }],
      });
      await service().refreshFork({ entityRef });
      expect(await kept()).toEqual({
        title: 'one',
        description: '',
        owner: 'user:default/ana',
        system: undefined,
      });
    });

    it('lets the new owner decide about the provisioning', async () => {
      await knex('provisionings').insert({
        id: 'one',
        fork_name: 'one',
        owner: 'group:default/platform',
        created_by: 'user:default/ana',
        request_hash: 'hash',
        request: '{}',
        base_repository: 'acme/base-app',
        base_sha: 'a'.repeat(40),
        state: 'succeeded',
        through: 'registration',
        on_failure: 'keep',
      });
      getEntityByRef.mockResolvedValue(entity);
      await service().refreshFork({ entityRef });
      expect(await knex('provisionings').pluck('owner')).toEqual([
        'group:default/sales',
      ]);
    });

    it('changes nothing when the entity is absent or cannot be read', async () => {
      const before = await kept();
      getEntityByRef.mockResolvedValue(undefined);
      await service().refreshFork({ entityRef });
      expect(await kept()).toEqual(before);

      getEntityByRef.mockRejectedValue(new Error('catalog down'));
      await expect(service().refreshFork({ entityRef })).rejects.toThrow(
        /catalog down/,
      );
      expect(await kept()).toEqual(before);
      expect((await forks.findFork({ name: 'one' }))?.status).toBe('healthy');
    });
  });

  it('does not know the status of a fork that the catalog lost', async () => {
    getEntityStatus.mockRejectedValue(new NotFoundError('no entity'));
    await service().refreshFork({ entityRef: 'component:default/one' });
    expect(await forks.findFork({ name: 'one' })).toMatchObject({
      status: 'unknown',
      statusReason: 'The catalog does not have its entity',
    });
  });

  it('goes on with the others when one cannot be read, and then fails', async () => {
    getEntityStatus.mockImplementation(async ({ entityRef }) => {
      if (entityRef.endsWith('two')) throw new Error('no answer');
      return live(entityRef);
    });
    await expect(
      service().refreshStaleForks({ olderThanSeconds: 60 }),
    ).rejects.toThrow(/1 forks could not be refreshed.*no answer/);
    const { items } = await forks.listForks({ statuses: ['healthy'] });
    expect(items).toHaveLength(4);
    expect((await forks.findFork({ name: 'two' }))?.status).toBe('in-progress');
  });
});
