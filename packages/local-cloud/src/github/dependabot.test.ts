import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import {
  HookReceiver,
  SecurityTestRepository,
} from './__testUtils__/SecurityTestRepository';
import { until } from './__testUtils__/until';

interface Entry {
  version: string;
  dev?: boolean;
  license?: string;
}

function toLockfile(
  entries: Record<string, Entry>,
  dependencies: Record<string, string> = {},
): string {
  return JSON.stringify({
    name: 'app',
    lockfileVersion: 3,
    packages: {
      '': { name: 'app', dependencies },
      ...Object.fromEntries(
        Object.entries(entries).map(([name, entry]) => [
          `node_modules/${name}`,
          entry,
        ]),
      ),
    },
  });
}

const vulnerable = toLockfile(
  {
    lodash: { version: '4.17.20', license: 'MIT' },
    minimist: { version: '1.2.5', dev: true, license: 'MIT' },
    'a/node_modules/ws': { version: '8.17.0' },
    ws: { version: '8.17.1' },
    semver: { version: '7.5.2' },
    '@scope/private': { version: '1.0.0', license: 'Apache-2.0' },
  },
  { lodash: '^4.17.0', ws: '^8.0.0' },
);

describe('Dependabot and the dependency graph of the GitHub side', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let hooks: HookReceiver;
  let hookUrl: string;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    hooks = new HookReceiver();
    hookUrl = await hooks.start();
  });

  afterAll(async () => {
    await cloud.dispose();
    await hooks.stop();
  });

  const create = async (repo: string, lockfile = vulnerable) => {
    const repository = await SecurityTestRepository.create({
      octokit,
      repo,
      hookUrl,
    });
    await repository.write('package-lock.json', lockfile);
    return repository;
  };

  type Filter = Parameters<typeof octokit.dependabot.listAlertsForRepo>[0];

  const list = async (
    repository: SecurityTestRepository,
    filter: Partial<Filter> = {},
  ) => {
    const { data } = await octokit.dependabot.listAlertsForRepo({
      ...repository.place,
      direction: 'asc',
      ...filter,
    });
    return data;
  };

  const listed = (
    repository: SecurityTestRepository,
    length: number,
    filter: Partial<Filter> = {},
  ) =>
    until(async () => {
      const found = await list(repository, filter);
      return found.length === length ? found : undefined;
    });

  it('compares the lockfile of the default branch with advisories', async () => {
    const repository = await create('vulnerable');
    const alerts = await listed(repository, 3);
    expect(
      alerts.map(({ dependency, security_vulnerability }) => [
        dependency.package?.name,
        dependency.scope,
        dependency.relationship,
        security_vulnerability.vulnerable_version_range,
        security_vulnerability.first_patched_version?.identifier,
      ]),
    ).toEqual([
      ['lodash', 'runtime', 'direct', '< 4.17.21', '4.17.21'],
      ['minimist', 'development', 'transitive', '>= 1.0.0, < 1.2.6', '1.2.6'],
      ['ws', 'runtime', 'transitive', '>= 8.0.0, < 8.17.1', '8.17.1'],
    ]);
    expect(alerts[0]).toMatchObject({
      number: 1,
      state: 'open',
      dependency: { manifest_path: 'package-lock.json' },
      security_advisory: {
        ghsa_id: 'GHSA-35jh-r3h4-6jhm',
        cve_id: 'CVE-2021-23337',
        severity: 'high',
        cvss: {
          score: 7.2,
          vector_string: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H',
        },
        withdrawn_at: null,
      },
      dismissed_at: null,
      fixed_at: null,
    });
    expect(await hooks.find('dependabot_alert', 'created')).toMatchObject({
      alert: { number: 1, state: 'open' },
    });
  });

  it('filters, and pages by cursors in both directions', async () => {
    const repository = await create('filtered');
    await listed(repository, 3);
    const names = (alerts: Awaited<ReturnType<typeof list>>) =>
      alerts.map(({ dependency }) => dependency.package?.name);
    expect(names(await list(repository, { severity: 'critical' }))).toEqual([
      'minimist',
    ]);
    expect(
      names(await list(repository, { package: 'ws,lodash', state: 'open' })),
    ).toEqual(['lodash', 'ws']);
    expect(await list(repository, { ecosystem: 'pip' })).toEqual([]);
    await expect(
      list(repository, { severity: 'terrible' }),
    ).rejects.toMatchObject({ status: 422 });
    const all = await octokit.paginate(octokit.dependabot.listAlertsForRepo, {
      ...repository.place,
      per_page: 1,
    });
    expect(names(all)).toEqual(['ws', 'minimist', 'lodash']);
    const first = await octokit.dependabot.listAlertsForRepo({
      ...repository.place,
      per_page: 2,
    });
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1];
    const second = await octokit.request(`GET ${next}`);
    expect(names(second.data)).toEqual(['lodash']);
    const back = /<([^>]+)>; rel="prev"/.exec(second.headers.link ?? '')?.[1];
    expect(names((await octokit.request(`GET ${back}`)).data)).toEqual([
      'ws',
      'minimist',
    ]);
    await expect(list(repository, { after: 'nonsense' })).rejects.toMatchObject(
      { status: 422 },
    );
  });

  it('fixes what the lockfile no longer has, and opens it again when it comes back', async () => {
    const repository = await create('upgraded');
    await listed(repository, 3);
    await octokit.dependabot.updateAlert({
      ...repository.place,
      alert_number: 2,
      state: 'dismissed',
      dismissed_reason: 'tolerable_risk',
    });
    await repository.write(
      'package-lock.json',
      toLockfile({ lodash: { version: '4.17.21' } }),
    );
    const fixed = await listed(repository, 2, { state: 'fixed' });
    expect(fixed[0]).toMatchObject({
      number: 1,
      fixed_at: expect.any(String),
    });
    expect(await list(repository, { state: 'dismissed' })).toMatchObject([
      { number: 2, dismissed_by: { login: 'tester' } },
    ]);
    await hooks.find('dependabot_alert', 'fixed');
    await repository.write('package-lock.json', vulnerable);
    expect(await listed(repository, 2, { state: 'open' })).toMatchObject([
      { number: 1, fixed_at: null },
      { number: 3 },
    ]);
    await hooks.find('dependabot_alert', 'reintroduced');
  });

  it('leaves alerts alone when the lockfile cannot be read', async () => {
    const repository = await create('broken');
    await listed(repository, 3);
    await repository.write('package-lock.json', '{ "packages": [');
    // A later push has been scanned once the one before has.
    await repository.write('other/package-lock.json', vulnerable);
    const alerts = await listed(repository, 6);
    expect(alerts.map(({ state }) => state)).toEqual(Array(6).fill('open'));
  });

  it('takes advisories that a user adds, and reads the whole set again after a restart', async () => {
    const repository = await create(
      'private-advisory',
      toLockfile({ '@scope/private': { version: '1.4.0' } }),
    );
    const folder = path.join(cloud.config.dataDir, 'advisories');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'broken.json'), '{');
    await writeFile(
      path.join(folder, 'ACME-1.json'),
      JSON.stringify({
        schema_version: '1.6.0',
        id: 'ACME-2026-1',
        modified: '2026-11-01T00:00:00Z',
        summary: 'Leaks what it is given',
        severity: [
          {
            type: 'CVSS_V3',
            score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H',
          },
        ],
        affected: [
          {
            package: { ecosystem: 'npm', name: '@scope/private' },
            ranges: [
              {
                type: 'SEMVER',
                events: [{ introduced: '1.0.0' }, { last_affected: '1.4.0' }],
              },
            ],
          },
        ],
      }),
    );
    cloud = await cloud.restart();
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    const alerts = await listed(repository, 1);
    expect(alerts[0]).toMatchObject({
      security_advisory: { severity: 'critical', cvss: { score: 10 } },
      security_vulnerability: {
        vulnerable_version_range: '>= 1.0.0, <= 1.4.0',
        first_patched_version: null,
      },
    });
  });

  it('lists all packages as SPDX 2.3', async () => {
    const repository = await create('listed');
    const { data } = await octokit.dependencyGraph.exportSbom(repository.place);
    expect(data.sbom).toMatchObject({
      SPDXID: 'SPDXRef-DOCUMENT',
      spdxVersion: 'SPDX-2.3',
      name: 'com.github.acme/listed',
      dataLicense: 'CC0-1.0',
    });
    const purls = data.sbom.packages.map(
      ({ externalRefs }) => externalRefs?.[0].referenceLocator,
    );
    expect(purls).toEqual(
      expect.arrayContaining([
        'pkg:npm/lodash@4.17.20',
        'pkg:npm/ws@8.17.0',
        'pkg:npm/ws@8.17.1',
        'pkg:npm/%40scope/private@1.0.0',
      ]),
    );
    expect(
      data.sbom.packages.find(({ name }) => name === '@scope/private'),
    ).toMatchObject({ licenseDeclared: 'Apache-2.0', versionInfo: '1.0.0' });
    const ids = data.sbom.packages.map(({ SPDXID }) => SPDXID ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    }
  });
});
