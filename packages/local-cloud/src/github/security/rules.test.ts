import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AdvisoryBook } from './AdvisoryBook';
import { cvssBaseScore } from './cvss';
import { advisorySchema, listVulnerableRanges } from './osv';
import { readLockfile } from './readLockfile';

const log = { info: () => {}, warn: jest.fn(), error: () => {} };

const folder = path.join(__dirname, '../advisories');

const files = readdirSync(folder).filter(name => name.endsWith('.json'));

describe('cvssBaseScore', () => {
  // Scores that NVD publishes for these vectors.
  it.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:H', 7.1],
    ['CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:C/C:L/I:N/A:N', 3.2],
    ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 0],
  ])('scores %s', (vector, score) => {
    expect(cvssBaseScore(vector)).toBe(score);
  });

  it('knows nothing of other versions and of incomplete vectors', () => {
    expect(cvssBaseScore('CVSS:4.0/AV:N/AC:L')).toBeUndefined();
    expect(cvssBaseScore('CVSS:3.1/AV:N/AC:L')).toBeUndefined();
    expect(cvssBaseScore('high')).toBeUndefined();
  });
});

describe('the advisories that come along', () => {
  it.each(files)('%s is complete', name => {
    const advisory = advisorySchema.parse(
      JSON.parse(readFileSync(path.join(folder, name), 'utf8')),
    );
    expect(`${advisory.id}.json`).toBe(name);
    expect(advisory.aliases[0]).toMatch(/^CVE-\d{4}-\d+$/);
    const bands = { LOW: 0.1, MODERATE: 4, HIGH: 7, CRITICAL: 9 };
    const severity = advisory.database_specific?.severity ?? 'MEDIUM';
    for (const { score } of advisory.severity) {
      const value = cvssBaseScore(score) ?? Number.NaN;
      const band = Object.entries(bands).findLast(([, from]) => value >= from);
      expect(band?.[0]).toBe(severity);
    }
    for (const range of listVulnerableRanges(advisory)) {
      expect(range.firstPatched).toBeDefined();
      expect(range.matches(range.firstPatched ?? '')).toBe(false);
    }
  });

  it('tell vulnerable versions from others, pre-releases among them', async () => {
    const book = new AdvisoryBook({ dataDir: '/nowhere', log });
    const { find } = await book.read();
    const ids = (name: string, version: string) =>
      find(name, version).map(({ advisory }) => advisory.id);
    expect(ids('express', '4.19.1')).toEqual(['GHSA-rv95-896h-c2vc']);
    expect(ids('express', '4.19.2')).toEqual([]);
    expect(ids('express', '5.0.0-beta.1')).toEqual(['GHSA-rv95-896h-c2vc']);
    expect(ids('express', '5.0.0')).toEqual([]);
    expect(ids('minimist', '0.2.4')).toEqual([]);
    expect(ids('minimist', '1.2.5')).toEqual(['GHSA-xvch-5gv4-984h']);
    expect(ids('express', 'not-a-version')).toEqual([]);
    expect(log.warn).not.toHaveBeenCalled();
  });
});

describe('readLockfile', () => {
  it('reads nested packages, aliases and workspaces of version 3', () => {
    const packages = readLockfile(
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': { devDependencies: { tool: '1' }, workspaces: ['apps/*'] },
          'apps/web': { dependencies: { '@scope/kit': '1' } },
          'node_modules/web': { resolved: 'apps/web', link: true },
          'node_modules/tool': { version: '1.0.0', dev: true },
          'node_modules/@scope/kit': { version: '2.0.0', license: 'MIT' },
          'node_modules/@scope/kit/node_modules/tool': { version: '0.9.0' },
          'node_modules/alias': { name: 'real', version: '3.0.0' },
        },
      }),
    );
    expect(packages).toMatchObject([
      { name: 'tool', version: '1.0.0', development: true, direct: true },
      { name: '@scope/kit', version: '2.0.0', direct: true, license: 'MIT' },
      { name: 'tool', version: '0.9.0', development: false, direct: false },
      { name: 'real', version: '3.0.0' },
    ]);
  });

  it('reads the tree of version 1', () => {
    const packages = readLockfile(
      JSON.stringify({
        lockfileVersion: 1,
        dependencies: {
          a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } },
        },
      }),
    );
    expect(packages?.map(({ name, path: place }) => [name, place])).toEqual([
      ['a', 'node_modules/a'],
      ['b', 'node_modules/a/node_modules/b'],
    ]);
  });

  it('tells what is no lockfile', () => {
    expect(readLockfile('{')).toBeUndefined();
    expect(readLockfile('{"packages": 3}')).toBeUndefined();
  });
});
