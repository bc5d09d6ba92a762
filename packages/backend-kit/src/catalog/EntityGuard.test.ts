import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  AuthorizeResult,
  createPermission,
} from '@backstage/plugin-permission-common';
import { EntityGuard } from './EntityGuard';

const permission = createPermission({
  name: 'thing.read',
  attributes: {},
  resourceType: 'catalog-entity',
});
const [SHOP, STUDIO, GONE] = ['shop', 'studio', 'gone'].map(
  name => `component:default/${name}`,
);
const user = mockCredentials.user();
const service = mockCredentials.service();

/** The catalog has a shop and a studio; the studio's things are not allowed. */
function create() {
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(request => ({
        result:
          'resourceRef' in request && request.resourceRef === STUDIO
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
      })),
  });
  const guard = new EntityGuard({
    permissions,
    auth: mockServices.auth(),
    catalog: catalogServiceMock({
      entities: ['shop', 'studio'].map(name => ({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name, namespace: 'default' },
      })),
    }),
  });
  return { guard, permissions };
}

describe('EntityGuard', () => {
  it('shows users what exists and is allowed, and other backends what is allowed', async () => {
    const { guard } = create();
    const all = [SHOP, STUDIO, GONE];
    expect(await guard.filterVisible(all, permission, user)).toEqual(
      new Set([SHOP]),
    );
    expect(await guard.filterVisible(all, permission, service)).toEqual(
      new Set([SHOP, GONE]),
    );
    expect(await guard.filterVisible([], permission, user)).toEqual(new Set());
  });

  it('hides what may not be seen, and refuses what may not be done', async () => {
    const { guard } = create();
    await guard.assertVisible(SHOP, permission, user);
    await expect(
      guard.assertVisible(STUDIO, permission, user, 'its things'),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: `Entity '${STUDIO}' does not exist, or you may not see its things.`,
    });
    await guard.assertAllowed(SHOP, permission, 'break', user);
    await expect(
      guard.assertAllowed(STUDIO, permission, 'break', user),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: `You may not break '${STUDIO}'. Its owners may.`,
    });
  });

  it('asks for many in pieces that the permission backend takes', async () => {
    const { guard, permissions } = create();
    const many = Array.from({ length: 450 }, (_, index) => `${SHOP}${index}`);
    const allowed = await guard.filterAllowed(
      [...many, STUDIO],
      permission,
      user,
    );
    expect([...allowed]).toEqual(many);
    expect(
      permissions.authorize.mock.calls.map(([requests]) => requests.length),
    ).toEqual([200, 200, 51]);
  });
});
