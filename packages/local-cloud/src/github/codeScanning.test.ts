import { gzipSync } from 'node:zlib';
import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import {
  HookReceiver,
  packSarif,
  SecurityTestRepository,
} from './__testUtils__/SecurityTestRepository';
import { until } from './__testUtils__/until';

interface SarifProblem {
  rule?: string;
  path?: string;
  line?: number;
  hash?: string;
  text?: string;
  level?: string;
}

function toSarif(
  problems: SarifProblem[],
  options: { tool?: string; id?: string } = {},
) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: options.tool ?? 'CodeChecker',
            semanticVersion: '1.2.3',
            rules: [
              {
                id: 'sql-injection',
                name: 'SqlInjection',
                shortDescription: { text: 'Query built from input' },
                fullDescription: { text: 'A query is built from user input.' },
                helpUri: 'https://example.com/sql-injection',
                help: { text: 'Use parameters.' },
                properties: {
                  'security-severity': '9.3',
                  tags: ['security'],
                },
              },
              { id: 'style', defaultConfiguration: { level: 'note' } },
            ],
          },
        },
        ...(options.id ? { automationDetails: { id: options.id } } : {}),
        results: problems.map(problem => ({
          ruleId: problem.rule ?? 'sql-injection',
          level: problem.level,
          message: { text: problem.text ?? 'Input reaches a query.' },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: problem.path ?? 'src/server.js' },
                region: { startLine: problem.line ?? 3, startColumn: 5 },
              },
            },
          ],
          ...(problem.hash
            ? { partialFingerprints: { primaryLocationLineHash: problem.hash } }
            : {}),
        })),
      },
    ],
  };
}

describe('code scanning of the GitHub side', () => {
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

  beforeEach(() => {
    hooks.received.length = 0;
  });

  const create = async (repo: string) => {
    const repository = await SecurityTestRepository.create({
      octokit,
      repo,
      hookUrl,
    });
    const commit = await repository.write('src/server.js', 'query(input)\n');
    return { repository, commit };
  };

  it('says that there is no analysis before the first upload', async () => {
    const { repository } = await create('unscanned');
    await expect(
      octokit.codeScanning.listAlertsForRepo(repository.place),
    ).rejects.toMatchObject({ status: 404, message: /no analysis found/ });
  });

  it('turns an uploaded file into alerts in the shape of GitHub, and announces them', async () => {
    const { repository, commit } = await create('scanned');
    const upload = await repository.upload({
      commit,
      sarif: toSarif([{ hash: 'abc:1' }, { rule: 'style', hash: 'def:1' }], {
        id: 'nightly/2026-11-21',
      }),
    });
    expect(upload).toMatchObject({
      status: 202,
      processing_status: 'complete',
      errors: null,
    });
    const { data } = await octokit.codeScanning.listAlertsForRepo({
      ...repository.place,
      severity: 'critical',
    });
    expect(data).toMatchObject([
      {
        number: 1,
        state: 'open',
        dismissed_by: null,
        fixed_at: null,
        rule: {
          id: 'sql-injection',
          severity: 'warning',
          security_severity_level: 'critical',
          tags: ['security'],
        },
        tool: { name: 'CodeChecker', version: '1.2.3', guid: null },
        most_recent_instance: {
          ref: 'refs/heads/main',
          category: 'nightly',
          state: 'open',
          commit_sha: commit,
          message: { text: 'Input reaches a query.' },
          location: { path: 'src/server.js', start_line: 3, end_line: 3 },
        },
      },
    ]);
    expect(data[0].rule).not.toHaveProperty('help');
    const alert = await octokit.codeScanning.getAlert({
      ...repository.place,
      alert_number: 1,
    });
    expect(alert.data.rule).toMatchObject({
      help: 'Use parameters.',
      help_uri: 'https://example.com/sql-injection',
    });
    const analyses = await octokit.codeScanning.listRecentAnalyses({
      ...repository.place,
      sarif_id: upload.sarifId,
    });
    expect(analyses.data).toMatchObject([
      { category: 'nightly', results_count: 2, rules_count: 2, warning: '' },
    ]);
    expect(await hooks.find('code_scanning_alert', 'created')).toMatchObject({
      ref: 'refs/heads/main',
      commit_oid: commit,
      alert: { number: 1, state: 'open' },
    });
  });

  it('fixes what a newer analysis of the same tool and category no longer has, and nothing else', async () => {
    const { repository, commit } = await create('fixed');
    await repository.upload({
      commit,
      sarif: toSarif([{ hash: 'a' }, { hash: 'b' }], { id: 'one/' }),
    });
    await repository.upload({
      commit,
      sarif: toSarif([{ hash: 'c' }], { id: 'two/' }),
    });
    await repository.upload({
      commit,
      sarif: toSarif([{ hash: 'd' }], { tool: 'OtherTool', id: 'one/' }),
    });
    await repository.upload({
      commit,
      sarif: toSarif([{ hash: 'b', line: 30 }], { id: 'one/' }),
    });
    const { data } = await octokit.codeScanning.listAlertsForRepo({
      ...repository.place,
      direction: 'asc',
    });
    expect(data.map(({ number, state }) => [number, state])).toEqual([
      [1, 'fixed'],
      [2, 'open'],
      [3, 'open'],
      [4, 'open'],
    ]);
    expect(data[1].most_recent_instance.location?.start_line).toBe(30);
    expect(data[0].fixed_at).toEqual(expect.any(String));
    await hooks.find('code_scanning_alert', 'fixed');
    await repository.upload({
      commit,
      sarif: toSarif([{ hash: 'a' }, { hash: 'b' }], { id: 'one/' }),
    });
    const again = await hooks.find('code_scanning_alert', 'reopened');
    expect(again.alert).toMatchObject({ number: 1, state: 'open' });
  });

  it('keeps the state of each branch apart', async () => {
    const { repository, commit } = await create('branches');
    await octokit.git.createRef({
      ...repository.place,
      ref: 'refs/heads/topic',
      sha: commit,
    });
    await repository.upload({ commit, sarif: toSarif([{ hash: 'a' }]) });
    await repository.upload({
      commit,
      ref: 'refs/heads/topic',
      sarif: toSarif([{ hash: 'b' }]),
    });
    const numbers = async (ref?: string) => {
      const { data } = await octokit.codeScanning.listAlertsForRepo({
        ...repository.place,
        ref,
      });
      return data.map(({ number }) => number);
    };
    expect(await numbers()).toEqual([1]);
    expect(await numbers('topic')).toEqual([2]);
    expect(await numbers('refs/heads/topic')).toEqual([2]);
  });

  it('keeps a dismissal through further analyses until somebody reopens the alert', async () => {
    const { repository, commit } = await create('dismissed');
    await repository.upload({ commit, sarif: toSarif([{ hash: 'a' }]) });
    const alert = { ...repository.place, alert_number: 1 };
    await expect(
      octokit.codeScanning.updateAlert({ ...alert, state: 'dismissed' }),
    ).rejects.toMatchObject({ status: 400 });
    const { data } = await octokit.codeScanning.updateAlert({
      ...alert,
      state: 'dismissed',
      dismissed_reason: "won't fix",
      dismissed_comment: 'Only in the demonstration.',
    });
    expect(data).toMatchObject({
      state: 'dismissed',
      dismissed_by: { login: 'tester' },
      dismissed_reason: "won't fix",
      dismissed_comment: 'Only in the demonstration.',
    });
    await hooks.find('code_scanning_alert', 'closed_by_user');
    await repository.upload({ commit, sarif: toSarif([{ hash: 'a' }]) });
    const dismissed = await octokit.codeScanning.listAlertsForRepo({
      ...repository.place,
      state: 'dismissed',
    });
    expect(dismissed.data).toHaveLength(1);
    const reopened = await octokit.codeScanning.updateAlert({
      ...alert,
      state: 'open',
    });
    expect(reopened.data).toMatchObject({ state: 'open', dismissed_by: null });
    await hooks.find('code_scanning_alert', 'reopened_by_user');
  });

  it('pages alerts, and keeps paths and markup as the file has them', async () => {
    const { repository, commit } = await create('paged');
    await repository.upload({
      commit,
      sarif: toSarif([
        { hash: 'a', path: '../../etc/passwd' },
        { hash: 'b', text: '<script>alert(1)</script>' },
        { hash: 'c' },
      ]),
    });
    const all = await octokit.paginate(octokit.codeScanning.listAlertsForRepo, {
      ...repository.place,
      per_page: 1,
      direction: 'asc',
    });
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(all[0].most_recent_instance.location?.path).toBe('../../etc/passwd');
    expect(all[1].most_recent_instance.message?.text).toBe(
      '<script>alert(1)</script>',
    );
  });

  it('refuses what is no SARIF, too large, or of an unknown commit', async () => {
    const { repository, commit } = await create('refused');
    const place = {
      ...repository.place,
      commit_sha: commit,
      ref: 'refs/heads/main',
    };
    const upload = (change: object) =>
      octokit.codeScanning.uploadSarif({ ...place, sarif: '', ...change });
    const packed = gzipSync('{}').toString('base64');
    await expect(upload({ sarif: 'bm90IGd6aXA=' })).rejects.toMatchObject({
      status: 400,
    });
    await expect(
      upload({ sarif: 'A'.repeat(14 * 1024 * 1024) }),
    ).rejects.toMatchObject({ status: 413 });
    await expect(
      upload({ sarif: packed, commit_sha: '1'.repeat(40) }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(upload({ sarif: packed, ref: 'main' })).rejects.toMatchObject({
      status: 422,
    });
  });

  it.each([
    ['text that is no JSON', 'nonsense', /not JSON/],
    ['an old version', { version: '1.0.0', runs: [] }, /version/],
    [
      'more runs than GitHub takes',
      { version: '2.1.0', runs: Array(21).fill(toSarif([]).runs[0]) },
      /more runs than allowed \(21 > 20\)/,
    ],
    [
      'more results than GitHub takes',
      toSarif(Array(25_001).fill({})),
      /more results than allowed \(25001 > 25000\)/,
    ],
    [
      'a result without a place',
      {
        version: '2.1.0',
        runs: [
          { tool: { driver: {} }, results: [{ message: { text: 'Here' } }] },
        ],
      },
      /expected at least one location/,
    ],
  ])(
    'fails an upload with %s and changes no alert',
    async (name, sarif, message) => {
      const { repository, commit } = await create(`failed-${name.length}`);
      await repository.upload({ commit, sarif: toSarif([{ hash: 'a' }]) });
      const failed = await repository.upload({ commit, sarif });
      expect(failed).toMatchObject({
        processing_status: 'failed',
        analyses_url: null,
        errors: [expect.stringMatching(message)],
      });
      const { data } = await octokit.codeScanning.listAlertsForRepo(
        repository.place,
      );
      expect(data).toMatchObject([{ number: 1, state: 'open' }]);
    },
  );

  it('reads after a restart what was uploaded and not yet read', async () => {
    const repository = await SecurityTestRepository.create({
      octokit,
      repo: 'restarted',
    });
    const commit = await repository.write('a.txt', '');
    const { data } = await octokit.codeScanning.uploadSarif({
      ...repository.place,
      commit_sha: commit,
      ref: 'refs/heads/main',
      sarif: packSarif(
        toSarif(
          Array(5_001)
            .fill({})
            .map((_, line) => ({ line })),
        ),
      ),
    });
    cloud = await cloud.restart();
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    const place = { ...repository.place, sarif_id: data.id ?? '' };
    await until(async () => {
      const status = await octokit.codeScanning.getSarif(place);
      return status.data.processing_status === 'complete';
    });
    const analyses = await octokit.codeScanning.listRecentAnalyses(place);
    expect(analyses.data).toMatchObject([
      { results_count: 5_001, warning: expect.stringContaining('5000') },
    ]);
  });
});
