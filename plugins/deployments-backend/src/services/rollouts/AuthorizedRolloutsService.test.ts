import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { EntityAccess } from '../EntityAccess';
import { AuthorizedRolloutsService } from './AuthorizedRolloutsService';
import type { RolloutsService } from './RolloutsService';

const SHOP = 'component:default/shop';
const SHARED = 'component:default/shared';
const user = { credentials: mockCredentials.user() };

function create(denied: (permission: string, entityRef: string) => boolean) {
  const inner = {
    listRollouts: jest.fn(),
    getRollout: jest.fn(async () => ({
      entityRef: SHOP,
      deploymentId: 'memory:two',
    })),
    listRolloutPoints: jest.fn(),
    startRollout: jest.fn(),
    pauseRollout: jest.fn(),
    resumeRollout: jest.fn(),
    promoteRollout: jest.fn(),
    abortRollout: jest.fn(),
  };
  const access = new EntityAccess({
    auth: mockServices.auth(),
    catalog: catalogServiceMock({
      entities: ['shop', 'shared'].map(name => ({
        apiVersion: 'v1',
        kind: 'Component',
        metadata: { name },
      })),
    }),
    permissions: mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(({ permission, resourceRef = '' }) => ({
          result: denied(permission.name, resourceRef)
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
        })),
    }),
  });
  const authorized = new AuthorizedRolloutsService(
    inner as unknown as RolloutsService,
    {
      access,
      deployments: {
        listById: async () => [{ entityRef: SHOP }, { entityRef: SHARED }],
      },
    },
  );
  return { inner, authorized };
}

type Verb =
  'pauseRollout' | 'resumeRollout' | 'promoteRollout' | 'abortRollout';

const verbs: Verb[] = [
  'pauseRollout',
  'resumeRollout',
  'promoteRollout',
  'abortRollout',
];

describe('AuthorizedRolloutsService', () => {
  it.each(verbs)(
    'refuses %s to who may not act on an entity with the same project',
    async verb => {
      const { inner, authorized } = create(
        (name, ref) => name === 'deployments.rollout.update' && ref === SHARED,
      );
      await expect(authorized[verb]({ id: '1' }, user)).rejects.toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining(
          'An entity on which you may not act has the same project.',
        ),
      });
      expect(inner[verb]).not.toHaveBeenCalled();
    },
  );

  it.each(verbs)('lets %s through to who may', async verb => {
    const { inner, authorized } = create(() => false);
    await authorized[verb]({ id: '1', comment: 'Now' }, user);
    expect(inner[verb]).toHaveBeenCalledWith({ id: '1', comment: 'Now' }, user);
  });

  it('says of what may not be seen that it does not exist', async () => {
    const { inner, authorized } = create(
      name => name === 'deployments.deployment.read',
    );
    const start = { entityRef: SHOP, deploymentId: 'memory:two' };
    for (const call of [
      authorized.listRollouts({ entityRef: SHOP }, user),
      authorized.getRollout({ id: '1' }, user),
      authorized.listRolloutPoints({ id: '1' }, user),
      authorized.startRollout(start, user),
      authorized.abortRollout({ id: '1' }, user),
    ]) {
      await expect(call).rejects.toMatchObject({ name: 'NotFoundError' });
    }
    expect(inner.startRollout).not.toHaveBeenCalled();
  });
});
