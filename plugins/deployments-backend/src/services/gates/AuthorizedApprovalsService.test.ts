import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { HeldDeployment } from '../../database/DeploymentsStore';
import type { EntityAccess } from '../EntityAccess';
import type { ApprovalsService } from './ApprovalsService';
import { AuthorizedApprovalsService } from './AuthorizedApprovalsService';
import {
  createRolloutWith,
  createUser,
  ENTITY_REF,
  startTestGates,
} from './__testUtils__/startTestGates';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const SHARED = 'component:default/shared';

describe('AuthorizedApprovalsService', () => {
  it('asks for the permission on every entity that has the same project', async () => {
    const forbidden: string[] = [SHARED];
    const inner = {
      listApprovals: jest.fn(async () => [{ entityRef: ENTITY_REF }]),
      decideApproval: jest.fn(),
      findRefusal: jest.fn(async () => 'author'),
    };
    const service = new AuthorizedApprovalsService(
      inner as unknown as ApprovalsService,
      {
        filterVisible: async (entityRefs: string[]) => entityRefs,
        listForbidden: async (entityRefs: string[]) =>
          entityRefs.filter(entityRef => forbidden.includes(entityRef)),
      } as unknown as EntityAccess,
      {
        rollouts: {
          get: jest.fn(async () => ({ deploymentId: 'memory:two' })),
        },
        deployments: {
          listById: async () => [
            { entityRef: ENTITY_REF } as HeldDeployment,
            { entityRef: SHARED } as HeldDeployment,
          ],
        },
      } as unknown as ConstructorParameters<
        typeof AuthorizedApprovalsService
      >[2],
    );
    const decide = () =>
      service.decideApproval(
        { rolloutId: 'rollout-1', decision: 'approved' },
        { credentials: mockCredentials.user() },
      );
    const findRefusal = () =>
      service.findRefusal(
        { rolloutId: 'rollout-1' },
        { credentials: mockCredentials.user() },
      );
    expect(await findRefusal()).toBe('forbidden');
    await expect(decide()).rejects.toThrow(
      'An entity on which you may not act has the same project.',
    );
    expect(inner.decideApproval).not.toHaveBeenCalled();
    forbidden.pop();
    await decide();
    expect(inner.decideApproval).toHaveBeenCalledTimes(1);
    expect(await findRefusal()).toBe('author');
  });

  it('lists what waits only where the caller may see and approve it', async () => {
    const inner = {
      listAwaitedApprovals: async () => ({
        items: [ENTITY_REF, SHARED, 'component:default/hidden', ENTITY_REF].map(
          (entityRef, index) => ({ id: String(index), entityRef }),
        ),
      }),
    };
    const service = new AuthorizedApprovalsService(
      inner as unknown as ApprovalsService,
      {
        filterVisible: async (entityRefs: string[]) =>
          entityRefs.filter(entityRef => !entityRef.endsWith('hidden')),
        listForbidden: async (entityRefs: string[]) =>
          entityRefs.filter(entityRef => entityRef === SHARED),
      } as unknown as EntityAccess,
      {} as ConstructorParameters<typeof AuthorizedApprovalsService>[2],
    );
    const awaited = await service.listAwaitedApprovals(
      { limit: 20 },
      { credentials: mockCredentials.user() },
    );
    expect(awaited.items.map(({ id }) => id)).toEqual(['0', '3']);
    expect(awaited.nextCursor).toBeUndefined();
  });

  it('takes no approval of who pushed a commit that names another author', async () => {
    const gates = await startTestGates({
      knex: await databases.init('POSTGRES_18'),
      users: [
        createUser('ana', { memberOf: 'shop' }),
        createUser('bob', { login: 'bob-codes' }),
      ],
    });
    gates.deployments.set('memory:two', {
      entityRef: ENTITY_REF,
      creator: 'Bob-Codes',
    } as HeldDeployment);
    const rollout = createRolloutWith(
      { approval: true },
      {
        createdBy: 'cleo',
        commit: { sha: 'a'.repeat(40), author: 'cleo' },
      },
    );
    await gates.evaluate(rollout);
    const approve = (user: string) =>
      gates.approvals.decideApproval(
        { rolloutId: rollout.id, decision: 'approved' },
        { credentials: mockCredentials.user(`user:default/${user}`) },
      );
    await expect(approve('bob')).rejects.toThrow(
      'its deployment was created by you',
    );
    await expect(approve('ana')).resolves.toMatchObject({ state: 'approved' });
  });

  it('takes none of who pushed the commit of what was built anew for production', async () => {
    const gates = await startTestGates({
      knex: await databases.init('POSTGRES_18'),
      users: [
        createUser('ana', { memberOf: 'shop' }),
        createUser('bob', { login: 'bob-codes', memberOf: 'shop' }),
      ],
    });
    const commit = { sha: 'b'.repeat(40), author: 'cleo' };
    gates.deployments.set('memory:preview', {
      entityRef: ENTITY_REF,
      creator: 'Bob-Codes',
      commit,
    } as HeldDeployment);
    const rollout = createRolloutWith(
      { approval: true },
      { id: 'rollout-anew', createdBy: 'user:default/dora', commit },
    );
    gates.deployments.set(rollout.deploymentId, {
      entityRef: ENTITY_REF,
      creator: 'portal',
      commit,
    } as HeldDeployment);
    await gates.evaluate(rollout);
    const approve = (user: string) =>
      gates.approvals.decideApproval(
        { rolloutId: rollout.id, decision: 'approved' },
        { credentials: mockCredentials.user(`user:default/${user}`) },
      );
    await expect(approve('bob')).rejects.toThrow('was pushed by you');
    await expect(approve('ana')).resolves.toMatchObject({ state: 'approved' });
  });
});
