import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { EntityAccess } from '../EntityAccess';
import { AuthorizedDoraService } from './AuthorizedDoraService';
import type { DoraService } from './DoraService';

const user = { credentials: mockCredentials.user() };
const service = { credentials: mockCredentials.service() };
const SHOP = 'component:default/shop';
const STUDIO = 'component:default/studio';
const TEAM = 'group:default/platform';

function create(denied: string[] = []) {
  const inner = {
    listEntities: jest.fn(
      async ({ entityRef }: { entityRef?: string }): Promise<string[]> =>
        entityRef ? [entityRef] : [SHOP, STUDIO],
    ),
    getReport: jest.fn(),
    listChanges: jest.fn(),
  } satisfies DoraService;
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(request => ({
        result:
          request.permission.name === 'deployments.deployment.read' &&
          'resourceRef' in request &&
          !denied.includes(String(request.resourceRef))
            ? AuthorizeResult.ALLOW
            : AuthorizeResult.DENY,
      })),
  });
  const access = new EntityAccess({
    auth: mockServices.auth(),
    catalog: catalogServiceMock({
      entities: [
        { apiVersion: 'v1', kind: 'Component', metadata: { name: 'shop' } },
      ],
    }),
    permissions,
  });
  const authorized = new AuthorizedDoraService(inner, { access });
  return { authorized, inner, permissions };
}

describe('AuthorizedDoraService', () => {
  it.each(['getReport', 'listChanges'] as const)(
    '%s reaches the service when allowed, and finds nothing when denied',
    async method => {
      const allowed = create();
      await allowed.authorized[method]({ entityRef: SHOP }, user);
      expect(allowed.inner[method]).toHaveBeenCalledWith(
        { entityRef: SHOP, entityRefs: [SHOP] },
        user,
      );
      const denied = create([SHOP]);
      await expect(
        denied.authorized[method]({ entityRef: SHOP }, user),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
      expect(denied.inner[method]).not.toHaveBeenCalled();
    },
  );

  it.each(['getReport', 'listChanges'] as const)(
    '%s of a team is of the entities alone that the reader may read',
    async method => {
      const { authorized, inner } = create([SHOP]);
      await authorized[method]({ ownerRef: TEAM }, user);
      expect(inner[method]).toHaveBeenCalledWith(
        { ownerRef: TEAM, entityRefs: [STUDIO] },
        user,
      );
    },
  );

  it('believes no list of entities that a caller brings along', async () => {
    const { authorized, inner } = create([SHOP]);
    const request = { ownerRef: TEAM, entityRefs: [SHOP] };
    await authorized.getReport(request, user);
    expect(inner.getReport).toHaveBeenCalledWith(
      { ownerRef: TEAM, entityRefs: [STUDIO] },
      user,
    );
  });

  it('shows users no entity that the catalog hides, and other backends all', async () => {
    const { authorized, inner } = create();
    const request = { entityRef: STUDIO };
    await expect(authorized.getReport(request, user)).rejects.toMatchObject({
      name: 'NotFoundError',
    });
    await authorized.getReport(request, service);
    expect(inner.getReport).toHaveBeenCalledTimes(1);
  });

  it('asks about many entities in pieces that the permission backend takes', async () => {
    const { authorized, inner, permissions } = create();
    const entityRefs = Array.from(
      { length: 450 },
      (_, index) => `component:default/shop-${index}`,
    );
    inner.listEntities.mockResolvedValue(entityRefs);
    expect(await authorized.listEntities({ ownerRef: TEAM }, user)).toEqual(
      entityRefs,
    );
    expect(
      permissions.authorize.mock.calls.map(([requests]) => requests.length),
    ).toEqual([200, 200, 50]);
  });
});
