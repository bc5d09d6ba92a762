import { locateSloFile } from './locateSloFile';

function locate(annotations: Record<string, string>) {
  return locateSloFile(
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'shop', annotations },
    },
    'github.example.com',
  );
}

const SOURCE = {
  'backstage.io/managed-by-location':
    'url:https://github.com/acme/shop/blob/main/catalog-info.yaml',
};

describe('locateSloFile', () => {
  it('finds the file beside the one that describes the entity', () => {
    expect(locate({ ...SOURCE, 'forkyard.dev/slo': 'ops/slo.yaml' })).toEqual({
      url: 'https://github.com/acme/shop/blob/main/ops/slo.yaml',
      path: 'ops/slo.yaml',
    });
    expect(
      locate({
        'backstage.io/managed-by-location':
          'url:https://github.com/acme/mono/blob/main/shop/catalog-info.yaml',
        'forkyard.dev/slo': '',
      })?.url,
    ).toBe('https://github.com/acme/mono/blob/main/shop/slo.yaml');
  });

  it('reads no other repository that a file names for itself', () => {
    const other = {
      'backstage.io/source-location':
        'url:https://github.com/acme/secrets/tree/main/',
      'github.com/project-slug': 'acme/secrets',
    };
    expect(locate({ ...SOURCE, ...other })?.url).toBe(
      'https://github.com/acme/shop/blob/main/slo.yaml',
    );
    expect(locate(other)).toBeUndefined();
    expect(
      locate({ ...other, 'backstage.io/managed-by-location': 'url:nonsense' }),
    ).toBeUndefined();
  });

  it('finds it in the GitHub repository of an entity from elsewhere', () => {
    expect(
      locate({
        'backstage.io/managed-by-location': 'file:/catalog.yaml',
        'github.com/project-slug': 'acme/shop',
      })?.url,
    ).toBe('https://github.example.com/acme/shop/blob/HEAD/slo.yaml');
  });

  it.each([
    '../other/slo.yaml',
    '/etc/slo.yaml',
    'https://evil.example.com/slo.yaml',
    '//evil.example.com/slo.yaml',
    'a/../../slo.yaml',
    '.github/slo.yaml',
    'slo.yaml?ref=other',
    'slo.json',
  ])('takes no path such as %s', path => {
    expect(locate({ ...SOURCE, 'forkyard.dev/slo': path })).toBeUndefined();
  });

  it('finds nothing for an entity that comes from no repository', () => {
    expect(locate({})).toBeUndefined();
    const file = { 'backstage.io/managed-by-location': 'file:/catalog.yaml' };
    expect(locate(file)).toBeUndefined();
    expect(
      locate({ ...file, 'github.com/project-slug': 'shop/../x' }),
    ).toBeUndefined();
    expect(locate({ 'backstage.io/managed-by-location': 'nonsense' })).toBe(
      undefined,
    );
  });
});
