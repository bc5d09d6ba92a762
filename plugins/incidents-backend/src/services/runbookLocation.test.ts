import type { Entity } from '@backstage/catalog-model';
import { findRunbookPath, locateRunbooks } from './runbookLocation';

const entity = (annotations: Record<string, string>): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'shop', annotations },
});

const SOURCE = {
  'backstage.io/managed-by-location':
    'url:https://github.com/acme/shop/blob/main/services/shop/catalog-info.yaml',
};

describe('locateRunbooks', () => {
  it('finds the folder that is annotated, else the usual one', () => {
    expect(locateRunbooks(entity(SOURCE))).toEqual({
      location:
        'https://github.com/acme/shop/tree/main/services/shop/runbooks/',
      folder: 'runbooks',
    });
    expect(
      locateRunbooks(
        entity({ ...SOURCE, 'forkyard.dev/runbooks': 'docs/on-call/' }),
      ),
    ).toMatchObject({ folder: 'docs/on-call' });
  });

  it('reads only beside the catalog file, whatever source the file claims', () => {
    expect(
      locateRunbooks(
        entity({
          ...SOURCE,
          'backstage.io/source-location':
            'url:https://github.com/acme/secrets/tree/main/',
        }),
      ).location,
    ).toBe('https://github.com/acme/shop/tree/main/services/shop/runbooks/');
    expect(() =>
      locateRunbooks(
        entity({
          'backstage.io/source-location':
            'url:https://github.com/acme/secrets/tree/main/',
        }),
      ),
    ).toThrow('was not read from a repository');
  });

  it.each([
    '../secrets',
    'a/../../b',
    '/etc',
    'https://evil.example/',
    '//evil.example',
    'a//b',
    '.',
    '',
    'a?b',
    'a%2e%2e',
    '..',
  ])("refuses the folder '%s', which may lead out of the source", folder => {
    expect(() =>
      locateRunbooks(entity({ ...SOURCE, 'forkyard.dev/runbooks': folder })),
    ).toThrow("'forkyard.dev/runbooks'");
  });

  it.each([
    [{}],
    [{ 'backstage.io/managed-by-location': 'file:/etc/catalog-info.yaml' }],
    [{ 'backstage.io/managed-by-location': 'url:nonsense' }],
    [{ 'backstage.io/managed-by-location': 'url:file:///etc/x.yaml' }],
  ])('says that there are none for an entity with %j', annotations => {
    expect(() => locateRunbooks(entity(annotations))).toThrow(
      'was not read from a repository',
    );
  });
});

describe('findRunbookPath', () => {
  const find = (named: string) => findRunbookPath(named, entity(SOURCE));

  it('takes a path, or the URL of a file in the own repository', () => {
    expect(find('runbooks/it.md')).toBe('runbooks/it.md');
    expect(
      find(
        'https://github.com/acme/shop/blob/main/services/shop/runbooks/it.md#fix',
      ),
    ).toBe('runbooks/it.md');
  });

  it.each([
    'https://github.com/acme/other/blob/main/services/shop/runbooks/it.md',
    'https://evil.example/acme/shop/blob/main/services/shop/runbooks/it.md',
    'https://github.com/acme/shop/blob/main/runbooks/it.md',
    'https://github.com/acme/shop/blob/main/services/shop/../../x.md',
    '../it.md',
    'data:text/html,hello',
  ])('does not follow %s', named => {
    expect(find(named)).toBeUndefined();
  });

  it('follows no URL of an entity that is not known', () => {
    expect(
      findRunbookPath('https://github.com/a/b', undefined),
    ).toBeUndefined();
  });
});
