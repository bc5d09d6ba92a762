import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogProcessorResult } from '@backstage/plugin-catalog-node';
import { ForkRelationProcessor } from './ForkRelationProcessor';

const sha = '0123456789abcdef0123456789abcdef01234567';
const location = { type: 'url', target: 'http://127.0.0.1:4391/acme/shop' };

async function process(annotations?: Record<string, string>, name = 'shop') {
  const logger = mockServices.logger.mock();
  const entity: Entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', annotations },
    spec: { type: 'service' },
  };
  const results: CatalogProcessorResult[] = [];
  const processor = new ForkRelationProcessor({ logger });
  const processed = await processor.postProcessEntity(
    entity,
    location,
    result => results.push(result),
  );
  expect(processed).toBe(entity);
  return { results, warnings: logger.warn.mock.calls.map(([line]) => line) };
}

const fork = { kind: 'Component', namespace: 'default', name: 'shop' };

function bothWays(base: { kind: string; namespace: string; name: string }) {
  return [
    {
      type: 'relation',
      relation: { type: 'forkOf', source: fork, target: base },
    },
    {
      type: 'relation',
      relation: { type: 'hasFork', source: base, target: fork },
    },
  ];
}

describe('ForkRelationProcessor', () => {
  it('relates a fork to the component of the repository it started from', async () => {
    const { results } = await process({
      'forkyard.dev/base': `acme/base-app@${sha}`,
    });
    expect(results).toEqual(
      bothWays({ kind: 'component', namespace: 'default', name: 'base-app' }),
    );
  });

  it('does so when the commit is not known', async () => {
    const { results } = await process({ 'forkyard.dev/base': 'acme/base.app' });
    expect(results).toEqual(
      bothWays({ kind: 'component', namespace: 'default', name: 'base.app' }),
    );
  });

  it('prefers the entity that the fork names', async () => {
    const { results, warnings } = await process({
      'forkyard.dev/fork-of': 'resource:products/other',
      'forkyard.dev/base': 'not a base',
    });
    expect(results).toEqual(
      bothWays({ kind: 'resource', namespace: 'products', name: 'other' }),
    );
    expect(warnings).toEqual([]);
  });

  it('completes a short reference', async () => {
    const { results } = await process({ 'forkyard.dev/fork-of': 'other' });
    expect(results).toEqual(
      bothWays({ kind: 'component', namespace: 'default', name: 'other' }),
    );
  });

  it.each<Record<string, string> | undefined>([
    undefined,
    {},
    { 'github.com/project-slug': 'acme/shop' },
  ])('leaves an entity alone that is no fork (%j)', async annotations => {
    expect(await process(annotations)).toEqual({ results: [], warnings: [] });
  });

  it('relates nothing to itself', async () => {
    const { results } = await process(
      { 'forkyard.dev/base': `acme/shop@${sha}` },
      'shop',
    );
    expect(results).toEqual([]);
  });

  it.each([
    ['forkyard.dev/base', 'base-app'],
    ['forkyard.dev/base', 'acme/base-app@main'],
    ['forkyard.dev/base', 'acme/../etc'],
    ['forkyard.dev/base', `https://example.com/acme/base-app@${sha}`],
    ['forkyard.dev/fork-of', 'a:b:c/d/e'],
  ])('tells of %s: %s and keeps the entity', async (annotation, value) => {
    const { results, warnings } = await process({ [annotation]: value });
    expect(results).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Entity 'component:default\/shop' has no relation to its base application: Annotation '/,
      ),
    ]);
    expect(warnings[0]).toContain(`'${value}'`);
  });
});
