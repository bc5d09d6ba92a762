import { mockServices } from '@backstage/backend-test-utils';
import { readForksOptions } from './config';

const data = {
  integrations: {
    github: [
      {
        host: 'git.example.com',
        apiBaseUrl: 'https://git.example.com/api/v3',
        token: 't',
      },
    ],
  },
  forks: {
    organization: 'acme',
    bases: ['acme/base-app'],
    encryptionKey: Buffer.alloc(32, 1).toString('base64'),
    github: { host: 'git.example.com' },
  },
  vercel: { token: 't' },
};

const read = (changes: object, integrations: object = data.integrations) =>
  readForksOptions(
    mockServices.rootConfig({
      data: { ...data, integrations, forks: { ...data.forks, ...changes } },
    }),
  );

describe('readForksOptions', () => {
  it('fills in what may be left out', () => {
    expect(read({})).toMatchObject({
      organization: 'acme',
      store: undefined,
      estimate: undefined,
      author: { name: 'Forkyard', email: 'forkyard@localhost' },
      cacheDirectory: expect.stringContaining('forkyard-git-'),
      vercel: { apiBaseUrl: 'https://api.vercel.com' },
    });
  });

  it('takes what is given', () => {
    expect(
      read({
        author: { name: 'Bot', email: 'bot@example.com' },
        cacheDirectory: '/var/cache/forkyard',
        estimate: { lowUsd: 1, highUsd: 2 },
        hosting: { store: { integration: 'neon', product: 'postgres' } },
      }),
    ).toMatchObject({
      author: { name: 'Bot', email: 'bot@example.com' },
      cacheDirectory: '/var/cache/forkyard',
      estimate: { lowUsd: 1, highUsd: 2 },
      store: { integration: 'neon', product: 'postgres' },
    });
  });

  it.each<[string, object, RegExp]>([
    [
      'organization',
      { organization: undefined },
      /'forks.organization' is missing: set it/,
    ],
    ['bases', { bases: [] }, /'forks.bases' is missing: list/],
    [
      'a base as URL',
      { bases: ['https://github.com/acme/app'] },
      /'forks.bases\[0\]' is 'https:.*': write it as owner\/repo/,
    ],
    [
      'encryptionKey',
      { encryptionKey: undefined },
      /'forks.encryptionKey' is missing.*openssl rand/,
    ],
    [
      'a short key',
      { encryptionKey: 'c2hvcnQ=' },
      /'forks.encryptionKey' has 5 bytes instead of 32/,
    ],
    [
      'an unknown host',
      { github: { host: 'other.example.com' } },
      /'forks.github.host' is 'other.example.com', but 'integrations.github' has no such host/,
    ],
    [
      'half a store',
      { hosting: { store: { integration: 'neon' } } },
      /'forks.hosting.store.product' is missing/,
    ],
    [
      'a reversed estimate',
      { estimate: { lowUsd: 3, highUsd: 2 } },
      /'forks.estimate' is not a range/,
    ],
  ])(
    'stops the start for %s, naming the key and what to do',
    (_case, changes, message) => {
      expect(() => read(changes)).toThrow(message);
    },
  );

  it('wants credentials for the git host', () => {
    expect(() =>
      read(
        {},
        {
          github: [
            {
              host: 'git.example.com',
              apiBaseUrl: 'https://git.example.com/api/v3',
            },
          ],
        },
      ),
    ).toThrow(/has neither token nor apps for host 'git.example.com'/);
    expect(() =>
      read({}, { github: [{ host: 'git.example.com', token: 't' }] }),
    ).toThrow(/has no apiBaseUrl for host 'git.example.com'/);
  });
});
