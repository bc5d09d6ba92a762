import { mockCredentials } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { DefaultCostService } from './DefaultCostService';

const owner = 'group:default/everybody';

type Options = ConstructorParameters<typeof DefaultCostService>[0];

function create(count: number) {
  const catalog = catalogServiceMock({
    entities: [
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Group',
        metadata: { name: 'everybody', namespace: 'default' },
      },
      ...Array.from({ length: count }, (_, index) => ({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name: `c${index}`, namespace: 'default' },
        relations: [{ type: 'ownedBy', targetRef: owner }],
      })),
    ],
  });
  return new DefaultCostService({ catalog } as Partial<Options> as Options);
}

describe('DefaultCostService', () => {
  const options = { credentials: mockCredentials.user() };

  it('lists all 5,000 entities of a group', async () => {
    const owned = await create(5000).listOwnedEntities({ owner }, options);
    expect(owned).toHaveLength(5000);
  });

  it('refuses a group that owns more instead of summing up a part', async () => {
    await expect(
      create(5001).listOwnedEntities({ owner }, options),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(
        "'group:default/everybody' owns more than 5000 entities",
      ),
    });
  });
});
