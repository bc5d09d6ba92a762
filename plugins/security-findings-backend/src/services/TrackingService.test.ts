import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { component } from '../__testUtils__/startTestPlugin';
import type { ScansStore, TrackedEntity } from '../database/ScansStore';
import { TrackingService } from './TrackingService';

const SLUG = 'github.com/project-slug';
const LOCATION = 'backstage.io/managed-by-location';

async function discover(entities: Entity[], held: string[] = []) {
  const tracked: TrackedEntity[] = [];
  const untracked: string[] = [];
  const scans = {
    track: async (found: TrackedEntity[]) => {
      tracked.push(...found);
    },
    untrack: async (entityRefs: string[]) => {
      untracked.push(...entityRefs);
    },
    listTracked: async () => held,
  } as Partial<ScansStore> as ScansStore;
  const tracking = new TrackingService({
    scans,
    catalog: catalogServiceMock({ entities }),
    auth: mockServices.auth(),
    logger: mockServices.logger.mock(),
    sources: ['dependabot'],
    gitHubUrl: 'https://github.com',
    trustedLocations: ['https://github.com/acme/catalog/'],
  });
  await tracking.discoverEntities();
  return { tracked, untracked };
}

describe('TrackingService', () => {
  it('follows what names a repository, and gives up only what definitely no longer does', async () => {
    const { tracked, untracked } = await discover(
      [component('shop', { [SLUG]: 'Acme/Shop' }), component('plain', {})],
      [
        'component:default/shop',
        'component:default/plain',
        'component:default/deleted',
      ],
    );
    expect(tracked).toEqual([
      { entityRef: 'component:default/shop', repository: 'acme/shop' },
    ]);
    expect(untracked).toEqual([
      'component:default/plain',
      'component:default/deleted',
    ]);
  });

  it.each([
    ['url:https://github.com/acme/shop/blob/main/catalog-info.yaml', true],
    ['url:https://GitHub.com/Acme/Shop/tree/main/catalog-info.yaml', true],
    ['url:https://github.com/acme/catalog/blob/main/all.yaml', true],
    ['file:/portal/catalog/shop.yaml', true],
    ['url:https://github.com/acme/other/blob/main/catalog-info.yaml', false],
    ['url:https://github.com/acme/shop-2/blob/main/catalog-info.yaml', false],
    ['url:https://github.com/acme/shop/../other/blob/main/x.yaml', false],
    [`url:https://github.com/acme/shop/blob/${'0a'.repeat(20)}/x.yaml`, false],
    ['url:https://github.com/acme/shop/tree/0A1B2C3/x.yaml', false],
    ['url:https://github.com/acme/shop/blob/v1-2-g0a1b2c3/x.yaml', false],
    ['url:https://github.com/acme/shop/blob/refs/pull/1/head/x.yaml', false],
    ['url:https://github.com/acme/shop/blob/refs%2Fpull%2F1%2Fhead/x', false],
    ['url:https://github.com/acme/shop/blob/main/x%3Fref=0a1b2c3', false],
    ['url:https://github.com/acme/shop/blob/main/..%2f..%2fx.yaml', false],
    ['url:https://github.com/acme/shop/blob/main@{1}/x.yaml', false],
    ['url:https://github.com/acme/shop/x.yaml', false],
    ['url:https://github.com/acme/catalog/blob/0a1b2c3/all.yaml', false],
    ['url:https://github.com.evil.test/acme/shop/blob/main/x.yaml', false],
    ['url:https://evil.test/https://github.com/acme/shop/x.yaml', false],
  ])('lets a file at %s name acme/shop: %s', async (location, isAllowed) => {
    const { tracked } = await discover([
      component('shop', { [SLUG]: 'acme/shop', [LOCATION]: location }),
    ]);
    const [{ repository, refusal = '' }] = tracked;
    expect(repository).toBe(isAllowed ? 'acme/shop' : undefined);
    expect(refusal.includes("names 'acme/shop'")).toBe(!isAllowed);
  });

  it.each(['acme', 'acme/shop/extra', 'acme/sh op', '../..x/', 'a/b?c'])(
    'does not take %j for a repository',
    async slug => {
      const { tracked } = await discover([component('shop', { [SLUG]: slug })]);
      expect(tracked).toEqual([
        {
          entityRef: 'component:default/shop',
          refusal: expect.stringContaining('is not owner/repository'),
        },
      ]);
    },
  );
});
