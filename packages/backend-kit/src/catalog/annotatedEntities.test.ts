import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  findNoLongerAnnotated,
  walkAnnotatedEntities,
} from './annotatedEntities';

const component = (name: string, slug?: string): Entity => ({
  apiVersion: 'v1',
  kind: 'Component',
  metadata: { name, annotations: slug ? { 'example.com/slug': slug } : {} },
});

const annotation = 'example.com/slug';
const auth = mockServices.auth();

it('visits every entity with the annotation, page by page', async () => {
  const many = Array.from({ length: 501 }, (_, i) => component(`e${i}`, 'x'));
  const pages: number[] = [];
  const seen = await walkAnnotatedEntities({
    catalog: catalogServiceMock({ entities: [...many, component('plain')] }),
    auth,
    annotation,
    visit: async entities => {
      pages.push(entities.length);
    },
  });
  expect(pages).toEqual([500, 1]);
  expect(seen.size).toBe(501);
  expect(seen).not.toContain('component:default/plain');
});

it('gives up only what the catalog says is gone or no longer annotated', async () => {
  const catalog = catalogServiceMock({
    entities: [component('kept', 'x'), component('plain')],
  });
  const entityRefs = ['kept', 'plain', 'gone'].map(
    name => `component:default/${name}`,
  );
  await expect(
    findNoLongerAnnotated({ catalog, auth, annotation, entityRefs }),
  ).resolves.toEqual(['component:default/plain', 'component:default/gone']);
  await expect(
    findNoLongerAnnotated({ catalog, auth, annotation, entityRefs: [] }),
  ).resolves.toEqual([]);
});
