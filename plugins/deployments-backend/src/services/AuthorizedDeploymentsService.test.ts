import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { AuthorizedDeploymentsService } from './AuthorizedDeploymentsService';
import type { DeploymentsService } from './DeploymentsService';
import { EntityAccess } from './EntityAccess';

const user = { credentials: mockCredentials.user() };
const service = { credentials: mockCredentials.service() };

const SHOP = 'component:default/shop';
const SHARED = 'component:default/shared';
const deployment = { id: 'memory:one' };
const signal = new AbortController().signal;
const request = { ...deployment, follow: true, signal };

function create(
  denied: (permission: string, entityRef?: string) => boolean = () => false,
) {
  const inner = {
    listDeployments: jest.fn(),
    getDeployment: jest.fn(),
    listDeploymentEntities: jest.fn(async () => [SHARED, SHOP]),
    getEntityStatus: jest.fn(),
    streamBuildLog: jest.fn(),
    redeploy: jest.fn(),
    promoteDeployment: jest.fn(),
    getRollbackTarget: jest.fn(),
    rollbackToDeployment: jest.fn(),
    listProjects: jest.fn(),
    reconcileEntity: jest.fn(),
  } satisfies DeploymentsService;
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
        requests.map(({ permission, resourceRef }) => ({
          result: denied(permission.name, resourceRef)
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
        })),
    }),
  });
  const authorized = new AuthorizedDeploymentsService(inner, {
    access,
    auth: mockServices.auth(),
  });
  return { authorized, inner };
}

type Call = (target: AuthorizedDeploymentsService) => Promise<unknown>;

const calls: [keyof DeploymentsService, Call][] = [
  ['listDeployments', s => s.listDeployments({ entityRef: SHOP }, user)],
  ['getDeployment', s => s.getDeployment(deployment, user)],
  ['getEntityStatus', s => s.getEntityStatus({ entityRef: SHOP }, user)],
  ['streamBuildLog', s => s.streamBuildLog(request, user)],
  ['redeploy', s => s.redeploy(deployment, user)],
  ['promoteDeployment', s => s.promoteDeployment(deployment, user)],
  ['rollbackToDeployment', s => s.rollbackToDeployment(deployment, user)],
  [
    'getRollbackTarget',
    s =>
      s.getRollbackTarget({ entityRef: SHOP, environment: 'production' }, user),
  ],
  ['reconcileEntity', s => s.reconcileEntity({ entityRef: SHOP }, user)],
];

const guarded = [
  ['streamBuildLog', 'deployments.log.read'],
  ['redeploy', 'deployments.deployment.create'],
  ['promoteDeployment', 'deployments.deployment.promote'],
  ['rollbackToDeployment', 'deployments.deployment.promote'],
] as const;

describe('AuthorizedDeploymentsService', () => {
  it.each(calls)('%s reaches the service when allowed', async (name, call) => {
    const { authorized, inner } = create();
    await call(authorized);
    expect(inner[name]).toHaveBeenCalledTimes(1);
  });

  it.each(calls)(
    '%s finds nothing when reading is denied',
    async (name, call) => {
      const { authorized, inner } = create(permission =>
        permission.endsWith('deployment.read'),
      );
      await expect(call(authorized)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      expect(inner[name]).not.toHaveBeenCalled();
    },
  );

  it.each(guarded)('%s is refused without %s', async (name, permission) => {
    const { authorized, inner } = create(asked => asked === permission);
    await expect(authorized[name](request, user)).rejects.toMatchObject({
      name: 'NotAllowedError',
    });
    expect(inner[name]).not.toHaveBeenCalled();
  });

  it('lists projects for other backends only', async () => {
    const { authorized, inner } = create();
    await expect(authorized.listProjects({}, user)).rejects.toMatchObject({
      name: 'NotAllowedError',
    });
    expect(inner.listProjects).not.toHaveBeenCalled();
    await authorized.listProjects({}, service);
    expect(inner.listProjects).toHaveBeenCalledTimes(1);
  });

  it('shows no entity that the catalog hides from the user', async () => {
    const { authorized, inner } = create();
    const entityRef = 'component:default/hidden';
    await expect(
      authorized.getEntityStatus({ entityRef }, user),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
    inner.listDeploymentEntities.mockResolvedValue([entityRef]);
    await expect(
      authorized.getDeployment(deployment, user),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
    await authorized.getEntityStatus({ entityRef }, service);
    expect(inner.getEntityStatus).toHaveBeenCalledTimes(1);
  });

  describe('when several entities claim a project', () => {
    it.each(guarded)(
      '%s is refused to who may not do it for all of them',
      async (name, permission) => {
        for (const theirs of [SHOP, SHARED]) {
          const { authorized, inner } = create(
            (asked, entityRef) => asked === permission && entityRef === theirs,
          );
          await expect(authorized[name](request, user)).rejects.toMatchObject({
            name: 'NotAllowedError',
          });
          expect(inner[name]).not.toHaveBeenCalled();
        }
      },
    );

    it('asks about those that the user may not see, and does not name them', async () => {
      const { authorized, inner } = create(
        (permission, entityRef) =>
          /\.(read|promote)$/.test(permission) && entityRef === SHARED,
      );
      const error = await authorized
        .promoteDeployment({ ...deployment, entityRef: SHOP }, user)
        .catch(e => e);
      expect(error.name).toBe('NotAllowedError');
      expect(error.message).not.toContain(SHARED);
      expect(inner.promoteDeployment).not.toHaveBeenCalled();
    });

    it('does not ask about those that the catalog no longer has', async () => {
      const gone = 'component:default/gone';
      const { authorized, inner } = create(
        (permission, entityRef) =>
          permission.endsWith('.promote') && entityRef === gone,
      );
      inner.listDeploymentEntities.mockResolvedValue([gone, SHOP]);
      await authorized.promoteDeployment(deployment, user);
      expect(inner.promoteDeployment).toHaveBeenCalledWith(
        { ...deployment, entityRef: SHOP },
        user,
      );
    });

    it('tells the user of those that they may see', async () => {
      const { authorized } = create();
      expect(await authorized.listDeploymentEntities(deployment, user)).toEqual(
        [SHARED, SHOP],
      );
    });
  });
});
