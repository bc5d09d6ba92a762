import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import type {
  EntityFindingsSummary,
  Finding,
} from '@forkyard/plugin-security-findings-common';
import { Octokit } from '@octokit/rest';
import {
  component,
  ENTITY_REF,
  startTestPlugin,
} from './__testUtils__/startTestPlugin';
import { until } from './__testUtils__/until';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

// Put together, so that nobody who searches this file takes it for a secret.
const TOKEN = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_');

function lockfile(packages: Record<string, object>) {
  const entries = Object.entries(packages).map(([name, entry]) => [
    `node_modules/${name}`,
    entry,
  ]);
  return JSON.stringify({
    name: 'shop',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', dependencies: { lodash: '^4.17.0' } },
      ...Object.fromEntries(entries),
    },
  });
}

const SARIF = {
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'CodeChecker',
          rules: [
            {
              id: 'sql-injection',
              shortDescription: { text: 'Query built from input' },
              properties: { 'security-severity': '9.3' },
            },
          ],
        },
      },
      results: [
        {
          ruleId: 'sql-injection',
          message: { text: 'Input reaches a query.' },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'src/server.js' },
                region: { startLine: 3 },
              },
            },
          ],
        },
      ],
    },
  ],
};

describe('security findings on local-cloud', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let app: Server;
  let liveUrl: string;
  let headers: Record<string, string> = {};

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
    octokit = new Octokit({
      auth: cloud.token,
      baseUrl: cloud.urls.github,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    app = createServer((_request, response) => {
      response.writeHead(200, headers).end('<h1>Shop</h1>');
    });
    await new Promise<void>(resolve => {
      app.listen(0, '127.0.0.1', resolve);
    });
    liveUrl = `http://shop.localhost:${(app.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await cloud.dispose();
    app.closeAllConnections();
    await new Promise(resolve => {
      app.close(resolve);
    });
  });

  async function write(repo: string, path: string, text: string) {
    const place = { owner: 'acme', repo, path };
    const held = await octokit.repos.getContent(place).catch(() => undefined);
    const { data } = await octokit.repos.createOrUpdateFileContents({
      ...place,
      message: `Write ${path}`,
      content: Buffer.from(text).toString('base64'),
      sha: held && 'sha' in held.data ? held.data.sha : undefined,
    });
    return data.commit.sha!;
  }

  /** Code scanning answers 404 until the first analysis is done. */
  async function findAlerts(route: string): Promise<true | undefined> {
    const answer = await octokit
      .request(`GET /repos/acme/shop/${route}`)
      .catch(() => undefined);
    return answer?.data.length > 0 || undefined;
  }

  it('shows what GitHub, our scans and reports find as one list, waives and closes', async () => {
    await octokit.repos.createInOrg({ org: 'acme', name: 'shop' });
    await write(
      'shop',
      'package-lock.json',
      lockfile({
        lodash: { version: '4.17.20', license: 'MIT' },
        viral: { version: '1.0.0', license: 'AGPL-3.0-only' },
        nameless: { version: '1.0.0' },
      }),
    );
    const commit = await write(
      'shop',
      'src/config.js',
      `\nconst token = '${TOKEN}';\n`,
    );
    await octokit.codeScanning.uploadSarif({
      owner: 'acme',
      repo: 'shop',
      commit_sha: commit,
      ref: 'refs/heads/main',
      sarif: gzipSync(JSON.stringify(SARIF)).toString('base64'),
    });
    await Promise.all(
      [
        'code-scanning/alerts',
        'dependabot/alerts',
        'secret-scanning/alerts',
      ].map(route => until(() => findAlerts(route))),
    );
    const plugin = await startTestPlugin({
      knex: await databases.init('POSTGRES_18'),
      github: { url: cloud.urls.github, token: cloud.token },
      liveUrl: () => liveUrl,
    });

    const refreshed = await plugin.refresh();
    expect(refreshed.status).toBe(200);
    const summary: EntityFindingsSummary = refreshed.body;
    expect(
      summary.sources.map(({ source, condition }) => `${source} ${condition}`),
    ).toEqual([
      'code-scanning on',
      'dependabot on',
      'headers on',
      'licenses on',
      'secret-scanning on',
      'secrets on',
    ]);

    const { body } = await plugin.list('&limit=100');
    const items: Finding[] = body.items;
    const bySource = (source: string) =>
      items.filter(item => item.sources.includes(source as never));
    // One secret, though GitHub and our own scan both found it.
    expect(bySource('secrets')).toEqual(bySource('secret-scanning'));
    expect(bySource('secrets')).toMatchObject([
      {
        source: 'secret-scanning',
        sources: ['secret-scanning', 'secrets'],
        location: { path: 'src/config.js', line: 2 },
        state: 'open',
        overdue: false,
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(TOKEN.slice(4));
    expect(bySource('code-scanning')).toMatchObject([
      {
        rule: 'sql-injection',
        severity: 'critical',
        location: { path: 'src/server.js', line: 3 },
      },
    ]);
    expect(bySource('dependabot').length).toBeGreaterThan(0);
    expect(bySource('dependabot')[0]).toMatchObject({
      package: { name: 'lodash', ecosystem: 'npm' },
      location: { path: 'package-lock.json' },
      fix: expect.stringContaining('Upgrade lodash to'),
    });
    expect(
      bySource('licenses').map(({ rule, severity }) => [rule, severity]),
    ).toEqual([
      ['license-not-allowed', 'medium'],
      ['license-unknown', 'unknown'],
    ]);
    expect(
      bySource('headers')
        .map(({ rule }) => rule)
        .sort(),
    ).toEqual([
      'content-security-policy',
      'frame-ancestors',
      'referrer-policy',
      'x-content-type-options',
    ]);
    expect(summary.openTotal).toBe(items.length);
    expect(items.map(({ severity }) => severity)[0]).toBe('critical');

    // The report of a tool that found the same is the same finding.
    const upload = await plugin
      .call('post', `/reports/sarif?entityRef=${ENTITY_REF}&category=checker`)
      .send(SARIF);
    expect(upload.body).toMatchObject({ results: 1, opened: 0, fixed: 0 });

    const [critical] = bySource('code-scanning');
    const waived = await plugin
      .call('put', `/findings/${critical.id}/waiver`)
      .send({
        reason: 'Reachable by administrators only',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      });
    expect(waived.body).toMatchObject({
      state: 'waived',
      sources: ['code-scanning', 'sarif'],
      waiver: { by: 'user:default/mock' },
    });

    // Fixed in the repository and on the site: closed by the next look.
    headers = {
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    };
    await write('shop', 'package-lock.json', lockfile({}));
    await write('shop', 'src/config.js', 'const token = process.env.TOKEN;\n');
    await until(async () => {
      const { data } = await octokit.dependabot.listAlertsForRepo({
        owner: 'acme',
        repo: 'shop',
        state: 'open',
      });
      return data.length === 0 || undefined;
    });
    await plugin.publish('deployments.deployment', {
      entityRef: ENTITY_REF,
      state: 'ready',
    });
    await plugin.runTask('scan-entities');
    const left: Finding[] = (await plugin.list()).body.items;
    // GitHub keeps the secret, which is still in the history.
    expect(left.map(({ sources }) => sources)).toEqual([['secret-scanning']]);
    const summaries = await plugin.call(
      'get',
      '/summaries',
      mockCredentials.service.header(),
    );
    expect(summaries.body.items).toMatchObject([
      { entityRef: ENTITY_REF, openCritical: 0, openTotal: 1, overdue: 0 },
    ]);
  });

  it('looks at no repository that the entity may not name', async () => {
    const plugin = await startTestPlugin({
      knex: await databases.init('POSTGRES_18'),
      github: { url: cloud.urls.github, token: cloud.token },
      entities: [
        component('shop', {
          'github.com/project-slug': 'acme/shop',
          'backstage.io/managed-by-location': `url:${cloud.urls.github}/acme/elsewhere/blob/main/catalog-info.yaml`,
        }),
      ],
    });
    const { body } = await plugin.refresh();
    expect(body.openTotal).toBe(0);
    expect(body.sources[0]).toMatchObject({
      source: 'code-scanning',
      condition: 'off',
      staleReason: expect.stringContaining("names 'acme/shop'"),
    });
  });
});
