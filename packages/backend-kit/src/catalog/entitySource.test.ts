import { findGitHubBranch, findSourceUrl, readingsOf } from './entitySource';

const repository = 'https://github.com/acme/shop';

describe('findSourceUrl', () => {
  const find = (annotations: Record<string, string>) =>
    findSourceUrl({
      apiVersion: 'v1',
      kind: 'Component',
      metadata: { name: 'shop', annotations },
    });

  it('believes the catalog, and not what a file says of itself', () => {
    expect(
      find({
        'backstage.io/source-location': 'url:https://github.com/acme/other/',
        'backstage.io/managed-by-location': `url:${repository}/blob/main/a.yaml`,
      }),
    ).toBe(`${repository}/blob/main/a.yaml`);
    expect(find({ 'backstage.io/source-location': `url:${repository}` })).toBe(
      undefined,
    );
  });

  it('finds none for a file on the disk', () => {
    expect(
      find({ 'backstage.io/managed-by-location': 'file:/etc/a.yaml' }),
    ).toBe(undefined);
  });
});

describe('findGitHubBranch', () => {
  it.each([
    [`${repository}/blob/main/catalog-info.yaml`, 'main'],
    [`${repository}/tree/release-1.2/a/b.yaml`, 'release-1.2'],
    ['https://GitHub.com/Acme/Shop/blob/main/a.yaml', 'main'],
  ])('finds the branch of %s', (url, branch) => {
    expect(findGitHubBranch(url, repository)).toBe(branch);
  });

  it.each([
    'https://github.com/acme/shopping/blob/main/a.yaml',
    `${repository}/blob/${'a'.repeat(40)}/a.yaml`,
    `${repository}/blob/abc1234/a.yaml`,
    `${repository}/blob/v1.0-3-gabc1234/a.yaml`,
    `${repository}/blob/refs/pull/1/head/a.yaml`,
    `${repository}/blob/pull/1/head/a.yaml`,
    `${repository}/blob/main/a.yaml?ref=abc1234`,
    `${repository}/blob/main/a.yaml%3Fref=abc1234`,
    `${repository}/blob/main/../abc1234/a.yaml`,
    `${repository}/blob/main/..%2fabc1234/a.yaml`,
    'not a url',
  ])('believes nothing that a stranger may have proposed: %s', url => {
    expect(findGitHubBranch(url, repository)).toBe(undefined);
  });
});

it('gives a URL as written and as resolved', () => {
  expect(readingsOf(`${repository}/a/../b`)).toEqual([
    `${repository}/a/../b`,
    `${repository}/b`,
  ]);
});
