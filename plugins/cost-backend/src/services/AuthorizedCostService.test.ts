import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { AuthorizedCostService } from './AuthorizedCostService';
import type { CostService } from './CostService';

const user = { credentials: mockCredentials.user() };
const service = { credentials: mockCredentials.service() };

const SHOP = 'component:default/shop';
const STUDIO = 'component:default/studio';
const range = { entityRef: SHOP, from: '2026-11-01', to: '2026-11-21' };
const owner = 'group:default/platform';

function create(
  denied: (permission: string, entityRef?: string) => boolean = () => false,
) {
  const inner = {
    getEntityCost: jest.fn(),
    listDailyCosts: jest.fn(),
    listCharges: jest.fn(),
    listOwnedEntities: jest.fn(async () => [
      { entityRef: SHOP },
      { entityRef: STUDIO },
    ]),
    listGroupCosts: jest.fn(),
    getBill: jest.fn(),
    listSummaries: jest.fn(),
    refresh: jest.fn(),
  } satisfies CostService;
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(request => ({
        result: denied(
          request.permission.name,
          'resourceRef' in request ? String(request.resourceRef) : undefined,
        )
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      })),
  });
  const authorized = new AuthorizedCostService(inner, {
    auth: mockServices.auth(),
    catalog: catalogServiceMock({
      entities: [
        { apiVersion: 'v1', kind: 'Component', metadata: { name: 'shop' } },
      ],
    }),
    permissions,
  });
  return { authorized, inner, permissions };
}

type Call = (target: CostService, options: typeof user) => Promise<unknown>;

const ofEntity: [keyof CostService, Call][] = [
  ['getEntityCost', (s, options) => s.getEntityCost(range, options)],
  ['listDailyCosts', (s, options) => s.listDailyCosts(range, options)],
  ['listCharges', (s, options) => s.listCharges(range, options)],
];

const ofAdministrators: [keyof CostService, string, Call][] = [
  ['getBill', 'cost.bill.read', (s, options) => s.getBill({}, options)],
  ['refresh', 'cost.bill.update', (s, options) => s.refresh({}, options)],
];

describe('AuthorizedCostService', () => {
  it.each(ofEntity)(
    '%s reaches the service when allowed',
    async (name, call) => {
      const { authorized, inner } = create();
      await call(authorized, user);
      expect(inner[name]).toHaveBeenCalledTimes(1);
    },
  );

  it.each(ofEntity)('%s finds nothing when denied', async (name, call) => {
    const { authorized, inner } = create(asked => asked === 'cost.charge.read');
    await expect(call(authorized, user)).rejects.toMatchObject({
      name: 'NotFoundError',
    });
    expect(inner[name]).not.toHaveBeenCalled();
  });

  it('shows users no entity that the catalog hides, and other backends all', async () => {
    const { authorized, inner } = create();
    const request = { entityRef: 'component:default/hidden' };
    await expect(authorized.getEntityCost(request, user)).rejects.toMatchObject(
      { name: 'NotFoundError' },
    );
    await authorized.getEntityCost(request, service);
    expect(inner.getEntityCost).toHaveBeenCalledTimes(1);
  });

  it.each(ofAdministrators)(
    '%s is refused without %s',
    async (name, permission, call) => {
      const { authorized, inner } = create(asked => asked === permission);
      await expect(call(authorized, user)).rejects.toMatchObject({
        name: 'NotAllowedError',
      });
      expect(inner[name]).not.toHaveBeenCalled();

      const { authorized: allowed, inner: reached } = create(
        asked => asked !== permission,
      );
      await call(allowed, user);
      expect(reached[name]).toHaveBeenCalledTimes(1);
    },
  );

  it('puts on the page of a group only what the reader may see', async () => {
    const { authorized, inner } = create((_, entityRef) => entityRef === SHOP);
    await authorized.listGroupCosts({ owner }, user);
    expect(inner.listGroupCosts).toHaveBeenCalledWith(
      { owner, entities: [{ entityRef: STUDIO }] },
      user,
    );
  });

  it('asks about many entities in pieces that the permission backend takes', async () => {
    const { authorized, inner, permissions } = create();
    const entities = Array.from({ length: 450 }, (_, index) => ({
      entityRef: `component:default/shop-${index}`,
    }));
    inner.listOwnedEntities.mockResolvedValue(entities);
    await authorized.listGroupCosts({ owner }, user);
    expect(inner.listGroupCosts).toHaveBeenCalledWith(
      { owner, entities },
      user,
    );
    expect(
      permissions.authorize.mock.calls.map(([requests]) => requests.length),
    ).toEqual([200, 200, 50]);
  });

  it('lists summaries to other backends alone', async () => {
    const { authorized, inner } = create();
    await expect(authorized.listSummaries({}, user)).rejects.toMatchObject({
      name: 'NotAllowedError',
    });
    await authorized.listSummaries({}, service);
    expect(inner.listSummaries).toHaveBeenCalledTimes(1);
  });
});
