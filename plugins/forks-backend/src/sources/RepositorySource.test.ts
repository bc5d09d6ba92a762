import { parseRepositoryName } from './RepositorySource';

describe('parseRepositoryName', () => {
  it.each([
    ['acme/base-app', { owner: 'acme', repo: 'base-app' }],
    ['https://github.com/acme/base-app', { owner: 'acme', repo: 'base-app' }],
    [
      'http://127.0.0.1:4391/acme/base.app.git',
      { owner: 'acme', repo: 'base.app' },
    ],
    ['https://github.com/acme/base-app/', { owner: 'acme', repo: 'base-app' }],
  ])('reads %s', (text, name) => {
    expect(parseRepositoryName(text)).toEqual(name);
  });

  it.each([
    '',
    'base-app',
    'acme/../etc',
    'acme/..',
    'acme/a/b',
    '-acme/app',
    'acme/app name',
    'https://github.com/acme',
    'ext::sh/x',
    'file:///acme/app',
  ])('refuses %j', text => {
    expect(parseRepositoryName(text)).toBeUndefined();
  });
});
