import {
  mockServices,
  registerMswTestHooks,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { GithubAlertReader } from './GithubAlertReader';
import { GithubCodeScanningSource } from './GithubCodeScanningSource';
import { GithubDependabotSource } from './GithubDependabotSource';
import { GithubSecretScanningSource } from './GithubSecretScanningSource';

const API = 'http://github.test/api/v3';

describe('the sources at GitHub', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  const logger = mockServices.logger.mock();
  const integrations = ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        github: [{ host: 'github.test', apiBaseUrl: API, token: 'the-token' }],
      },
    }),
  );
  const reader = new GithubAlertReader({
    integration: integrations.github.byHost('github.test')!,
    credentialsProvider:
      DefaultGithubCredentialsProvider.fromIntegrations(integrations),
    logger,
    limits: { initialBackoffMs: 1, maxRetryAfterSeconds: 1 },
  });
  const target = {
    entityRef: 'component:default/shop',
    repository: { owner: 'acme', name: 'shop' },
  };
  const dependabot = new GithubDependabotSource(reader);
  const codeScanning = new GithubCodeScanningSource(reader);
  const secretScanning = new GithubSecretScanningSource(reader);

  const answer = (route: string, reply: (request: Request) => Response) =>
    server.use(
      http.get(`${API}/repos/acme/shop/${route}`, ({ request }) =>
        reply(request),
      ),
    );

  const advisory = (number: number, more: object = {}) => ({
    number,
    created_at: '2026-11-01T10:00:00Z',
    html_url: `https://github.test/acme/shop/security/dependabot/${number}`,
    dependency: {
      package: { ecosystem: 'npm', name: 'lodash' },
      manifest_path: 'package-lock.json',
    },
    security_advisory: {
      ghsa_id: 'GHSA-35jh-r3h4-6jhm',
      cve_id: 'CVE-2021-23337',
      summary: 'Command injection in lodash',
      severity: 'high',
      cwes: [{ cwe_id: 'CWE-77' }],
    },
    security_vulnerability: {
      first_patched_version: { identifier: '4.17.21' },
      vulnerable_version_range: '< 4.17.21',
    },
    ...more,
  });

  it('reads to the last page by the links, and makes one finding of an advisory in several manifests', async () => {
    const queries: string[] = [];
    answer('dependabot/alerts', request => {
      const { search, searchParams } = new URL(request.url);
      queries.push(search);
      expect(request.headers.get('authorization')).toBe('token the-token');
      return searchParams.has('after')
        ? HttpResponse.json([
            advisory(2, {
              dependency: {
                package: { ecosystem: 'npm', name: 'Lodash' },
                manifest_path: 'docs/package-lock.json',
              },
            }),
          ])
        : HttpResponse.json([advisory(1)], {
            headers: {
              link: `<${API}/repos/acme/shop/dependabot/alerts?after=abc&per_page=100>; rel="next"`,
            },
          });
    });
    const outcome = await dependabot.scan(target, {});
    expect(queries).toEqual([
      '?state=open&per_page=100',
      '?after=abc&per_page=100',
    ]);
    if (outcome.kind !== 'scanned') throw new Error(outcome.kind);
    const [first, second] = outcome.reports;
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(first).toMatchObject({
      rule: 'CVE-2021-23337',
      severity: 'high',
      identifiers: ['GHSA-35jh-r3h4-6jhm', 'CVE-2021-23337', 'CWE-77'],
      fix: 'Upgrade lodash to 4.17.21 or later.',
      since: '2026-11-01T10:00:00Z',
    });
    expect(outcome.incompleteReason).toBeUndefined();
    answer('commits', () => HttpResponse.json([{ sha: 'abc' }]));
    const { version } = outcome;
    expect(typeof version === 'function' && (await version())).toBe('abc');
  });

  it('sends its token to no other host that a link names', async () => {
    answer('dependabot/alerts', () =>
      HttpResponse.json([advisory(1)], {
        headers: { link: '<http://elsewhere.test/alerts>; rel="next"' },
      }),
    );
    await expect(dependabot.scan(target, {})).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('makes no sense'),
    });
  });

  it('stops at 100 pages and says that it was not everything', async () => {
    answer('dependabot/alerts', () =>
      HttpResponse.json([advisory(1)], {
        headers: {
          link: `<${API}/repos/acme/shop/dependabot/alerts?after=x>; rel="next"`,
        },
      }),
    );
    const outcome = await dependabot.scan(target, {});
    expect(outcome).toMatchObject({
      kind: 'scanned',
      incompleteReason: expect.stringContaining('more than 10000'),
    });
  });

  it.each([
    [403, 'Dependabot alerts are disabled for this repository.'],
    [403, 'Code scanning is not enabled for this repository.'],
    [404, 'no analysis found'],
    [404, 'Secret scanning is disabled on this repository.'],
  ])('is off when GitHub says %s %s', async (status, message) => {
    answer('code-scanning/alerts', () =>
      HttpResponse.json({ message }, { status }),
    );
    await expect(codeScanning.scan(target, {})).resolves.toEqual({
      kind: 'off',
      reason: expect.stringContaining(message),
    });
  });

  it.each<[string, () => Response, string]>([
    [
      'is refused',
      () =>
        HttpResponse.json(
          { message: 'Resource not accessible by personal access token' },
          { status: 403 },
        ),
      "credentials of 'github.test'",
    ],
    [
      'has a wrong token',
      () => HttpResponse.json({ message: 'Bad credentials' }, { status: 401 }),
      'Bad credentials',
    ],
    [
      'is limited',
      () =>
        HttpResponse.json(
          { message: 'API rate limit exceeded' },
          { status: 403, headers: { 'x-ratelimit-remaining': '0' } },
        ),
      'is limiting our requests',
    ],
    ['fails', () => new HttpResponse('oops', { status: 502 }), '(502)'],
    ['drops the call', () => HttpResponse.error(), 'did not list'],
    ['answers garbage', () => HttpResponse.json({ a: 1 }), 'makes no sense'],
    [
      'answers half of an alert',
      () => HttpResponse.json([{ number: 1 }]),
      'makes no sense',
    ],
  ])('throws ServiceUnavailableError when it %s', async (_, reply, message) => {
    answer('dependabot/alerts', reply);
    const scan = dependabot.scan(target, {});
    await expect(scan).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    await expect(scan).rejects.toThrow(message);
  });

  it('throws, and is not off, when a later page is refused', async () => {
    answer('dependabot/alerts', request =>
      new URL(request.url).searchParams.has('after')
        ? HttpResponse.json({ message: 'disabled' }, { status: 403 })
        : HttpResponse.json([advisory(1)], {
            headers: {
              link: `<${API}/repos/acme/shop/dependabot/alerts?after=x>; rel="next"`,
            },
          }),
    );
    await expect(dependabot.scan(target, {})).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });

  it('keeps no value of a secret, anywhere', async () => {
    const secret = 'correct-horse-battery-staple';
    answer('secret-scanning/alerts', () =>
      HttpResponse.json([
        {
          number: 1,
          secret,
          secret_type: 'acme_token',
          secret_type_display_name: 'Acme token',
          validity: 'active',
          first_location_detected: { path: 'a/../b.js', start_line: 4 },
        },
        { number: 2, secret_type: 'hidden', publicly_leaked: false },
        { number: 3, secret_type: 'hidden', validity: 'inactive' },
      ]),
    );
    const outcome = await secretScanning.scan(target, {});
    expect(JSON.stringify(outcome)).not.toContain('horse');
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain('horse');
    if (outcome.kind !== 'scanned') throw new Error(outcome.kind);
    expect(outcome.reports).toMatchObject([
      {
        title: 'Acme token in the repository',
        severity: 'critical',
        location: { path: 'b.js', line: 4 },
      },
      { severity: 'high' },
      { severity: 'low' },
    ]);
    const prints = outcome.reports.map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(3);
  });

  it('tells twins of code scanning apart by their order, and tolerates what is missing', async () => {
    const alert = (number: number, line: number) => ({
      number,
      rule: {
        id: 'js/xss',
        severity: 'warning',
        tags: ['external/cwe/cwe-079'],
      },
      most_recent_instance: {
        message: { text: `Unsafe at line ${line}` },
        location: { path: '../outside.js', start_line: line },
      },
    });
    answer('code-scanning/alerts', () =>
      HttpResponse.json([
        alert(1, 30),
        alert(2, 10),
        { number: 3, rule: {}, most_recent_instance: null },
      ]),
    );
    const outcome = await codeScanning.scan(target, {});
    if (outcome.kind !== 'scanned') throw new Error(outcome.kind);
    expect(outcome.reports).toMatchObject([
      { rule: 'unknown rule', severity: 'unknown', location: undefined },
      { severity: 'medium', identifiers: ['CWE-079'], location: undefined },
      { description: 'Unsafe at line 30' },
    ]);
    const prints = outcome.reports.map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(3);
  });
});
