import type { UrlReaderService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { NotModifiedError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { RepositoryLicensesSource } from './RepositoryLicensesSource';
import { RepositorySecretsSource } from './RepositorySecretsSource';
import { RepositoryTree } from './RepositoryTree';

// Put together, so that nobody who searches this file takes it for a secret.
const TOKEN = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_');

/** A repository of one commit. */
function createTree(files: Record<string, string | Buffer>, commit = 'c1') {
  const urls: string[] = [];
  const reader = {
    readTree: async (
      url: string,
      options?: Parameters<UrlReaderService['readTree']>[1],
    ) => {
      urls.push(url);
      if (options?.etag === commit) throw new NotModifiedError();
      const wanted = Object.entries(files).filter(([path, content]) =>
        options?.filter?.(path, { size: content.length }),
      );
      return {
        etag: commit,
        files: async () =>
          wanted.map(([path, content]) => ({
            path,
            // As the real reader does with an empty file.
            content: async () =>
              content.length ? Buffer.from(content) : ([] as unknown as Buffer),
          })),
      };
    },
  } as unknown as UrlReaderService;
  const integration = ScmIntegrations.fromConfig(
    mockServices.rootConfig(),
  ).github.byHost('github.com')!;
  return { tree: new RepositoryTree({ reader, integration }), urls };
}

/** What a source says it looked at, as it is held. */
function held(version: string | (() => Promise<string>) | undefined) {
  return typeof version === 'string' ? version : undefined;
}

const target = {
  entityRef: 'component:default/shop',
  repository: { owner: 'acme', name: 'shop' },
};

describe('RepositorySecretsSource', () => {
  const scan = async (
    files: Record<string, string | Buffer>,
    heldVersion?: string,
  ) => {
    const { tree, urls } = createTree(files);
    const source = new RepositorySecretsSource(tree);
    const outcome = await source.scan({ ...target, heldVersion }, {});
    return { outcome, urls };
  };
  const scanned = async (files: Record<string, string | Buffer>) => {
    const { outcome } = await scan(files);
    if (outcome.kind !== 'scanned') throw new Error(outcome.kind);
    return outcome;
  };

  it('finds a secret without keeping it, once for all its places', async () => {
    const outcome = await scanned({
      'src/a.js': `\n\nconst key = '${TOKEN}';`,
      'deploy/.env': `KEY=${TOKEN}`,
      'empty.txt': '',
    });
    expect(outcome.reports).toMatchObject([
      {
        rule: 'github/GITHUB_TOKEN',
        title: 'Secret (github token) in src/a.js',
        severity: 'high',
        location: { path: 'src/a.js', line: 3 },
      },
      { location: { path: 'deploy/.env', line: 1 } },
    ]);
    const [first, second] = outcome.reports;
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(JSON.stringify(outcome)).not.toContain(TOKEN.slice(4));
  });

  it('looks into no binary, no dependency and no path outside, and says what was too large', async () => {
    const secret = `KEY=${TOKEN}`;
    const outcome = await scanned({
      'image.png': Buffer.concat([Buffer.from([0, 1, 2]), Buffer.from(secret)]),
      'node_modules/a/index.js': secret,
      '../../etc/passwd': secret,
      '/etc/shadow': secret,
      'large.log': `${secret}${'x'.repeat(1024 * 1024)}`,
    });
    expect(outcome.reports).toEqual([]);
    expect([...outcome.unseenPaths!]).toEqual(['large.log']);
    expect(outcome.incompleteReason).toBeUndefined();
  });

  it('looks again only at another commit, or with other rules', async () => {
    const { version } = await scanned({});
    const again = await scan({}, held(version));
    expect(again.outcome).toEqual({ kind: 'unchanged', version });
    expect(again.urls).toEqual(['https://github.com/acme/shop']);
    const older = await scan({}, 'older-rules@c1');
    expect(older.outcome.kind).toBe('scanned');
  });

  it('says that it did not see everything of a repository that is too large', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20_001 }, (_, index) => [`f${index}.txt`, '']),
    );
    const outcome = await scanned(files);
    expect(outcome.incompleteReason).toContain('20000 files');
  });

  it('throws ServiceUnavailableError when the repository cannot be read', async () => {
    const reader = {
      readTree: async () => {
        throw new Error('Request failed for http://internal/?token=x, 403');
      },
    } as unknown as UrlReaderService;
    const integration = ScmIntegrations.fromConfig(
      mockServices.rootConfig(),
    ).github.byHost('github.com')!;
    const source = new RepositorySecretsSource(
      new RepositoryTree({ reader, integration }),
    );
    const failed = source.scan(target, {});
    await expect(failed).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    await expect(failed).rejects.toThrow(/^(?!.*token=x)/);
  });
});

describe('RepositoryLicensesSource', () => {
  const scan = (
    files: Record<string, string>,
    allowed: string[],
    heldVersion?: string,
  ) =>
    new RepositoryLicensesSource({
      tree: createTree(files).tree,
      allowed,
    }).scan({ ...target, heldVersion }, {});

  const lockfile = (license: string) =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: { 'node_modules/a': { version: '1.0.0', license } },
    });

  it('judges every lockfile, and makes one finding of a package in several', async () => {
    const outcome = await scan(
      {
        'package-lock.json': lockfile('GPL-3.0-only'),
        'docs/package-lock.json': lockfile('GPL-3.0-only'),
        'web/package-lock.json': lockfile('MIT'),
        'node_modules/b/package-lock.json': lockfile('AGPL-3.0-only'),
        'README.md': 'text',
      },
      ['MIT'],
    );
    if (outcome.kind !== 'scanned') throw new Error(outcome.kind);
    expect(outcome.reports).toMatchObject([
      {
        title: 'License GPL-3.0-only of a is not allowed',
        package: { name: 'a', ecosystem: 'npm', version: '1.0.0' },
        location: { path: 'package-lock.json' },
      },
      { location: { path: 'docs/package-lock.json' } },
    ]);
    const [first, second] = outcome.reports;
    expect(second.fingerprint).toBe(first.fingerprint);
  });

  it('judges the same commit anew when the list changes', async () => {
    const files = { 'package-lock.json': lockfile('MIT') };
    const first = await scan(files, ['MIT']);
    if (first.kind !== 'scanned') throw new Error(first.kind);
    expect(await scan(files, ['MIT'], held(first.version))).toEqual({
      kind: 'unchanged',
      version: first.version,
    });
    const stricter = await scan(files, ['ISC'], held(first.version));
    expect(stricter).toMatchObject({
      reports: [{ rule: 'license-not-allowed' }],
    });
  });

  it('is off without a lockfile, and fails on one that is broken', async () => {
    expect(await scan({ 'README.md': 'text' }, ['MIT'])).toMatchObject({
      kind: 'off',
    });
    await expect(
      scan({ 'package-lock.json': '{' }, ['MIT']),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });
});
