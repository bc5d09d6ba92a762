import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import {
  HookReceiver,
  SecurityTestRepository,
} from './__testUtils__/SecurityTestRepository';
import { until } from './__testUtils__/until';

// Put together, so that nobody who searches this file takes it for a secret.
const token = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_');
const webhook = [
  'https://hooks.slack.com/services',
  'TAAAAAAAA',
  'BAAAAAAAA',
  'abcdefghijklmnopqrstuvwx',
].join('/');

describe('secret scanning of the GitHub side', () => {
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

  const listed = (repository: SecurityTestRepository, length: number) =>
    until(async () => {
      const { data } = await octokit.secretScanning.listAlertsForRepo({
        ...repository.place,
        direction: 'asc',
      });
      return data.length === length ? data : undefined;
    });

  it('finds secrets of pushed commits, also of those that a later commit took out, once each', async () => {
    const repository = await SecurityTestRepository.create({
      octokit,
      repo: 'leaky',
      hookUrl,
    });
    const first = await repository.write(
      'config/keys.js',
      `// Ümlaut\n  const key = '${token}';\n`,
    );
    await repository.write('config/keys.js', 'const key = process.env.KEY;\n');
    const second = await repository.write(
      'notify.sh',
      `curl ${webhook}\n# Not a pattern of a provider:\n# postgres://a:${'hunter2'}@host/db\n`,
    );
    await repository.write('again.txt', `${token}\n`);
    const alerts = await listed(repository, 2);
    expect(alerts).toMatchObject([
      {
        number: 1,
        state: 'open',
        resolution: null,
        secret: token,
        secret_type: 'github_personal_access_token',
        validity: 'unknown',
      },
      {
        number: 2,
        state: 'open',
        secret: webhook,
        secret_type: 'slack_incoming_webhook_url',
      },
    ]);
    const locations = await until(async () => {
      const { data } = await octokit.secretScanning.listLocationsForAlert({
        ...repository.place,
        alert_number: 1,
      });
      return data.length === 2 ? data : undefined;
    });
    expect(locations[0]).toMatchObject({
      type: 'commit',
      details: {
        path: 'config/keys.js',
        start_line: 2,
        start_column: 16,
        end_line: 2,
        end_column: 16 + token.length,
        commit_sha: first,
      },
    });
    const other = await octokit.secretScanning.listLocationsForAlert({
      ...repository.place,
      alert_number: 2,
    });
    expect(other.data[0].details).toMatchObject({ commit_sha: second });
  });

  it('announces alerts without the secret', async () => {
    const created = await hooks.find('secret_scanning_alert', 'created');
    expect(created.alert).toMatchObject({ number: 1, state: 'open' });
    const location = await hooks.find(
      'secret_scanning_alert_location',
      'created',
    );
    expect(location.location?.details.path).toBe('config/keys.js');
    const events = hooks.received.filter(({ event }) =>
      event.startsWith('secret_scanning'),
    );
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it('resolves and reopens, and a further push changes neither number nor decision', async () => {
    const repository = await SecurityTestRepository.create({
      octokit,
      repo: 'resolved',
      hookUrl,
    });
    await repository.write('a.txt', `${token}\n`);
    await listed(repository, 1);
    const alert = { ...repository.place, alert_number: 1 };
    await expect(
      octokit.secretScanning.updateAlert({ ...alert, state: 'resolved' }),
    ).rejects.toMatchObject({ status: 422 });
    const { data } = await octokit.secretScanning.updateAlert({
      ...alert,
      state: 'resolved',
      resolution: 'revoked',
      resolution_comment: 'Rotated.',
    });
    expect(data).toMatchObject({
      state: 'resolved',
      resolution: 'revoked',
      resolution_comment: 'Rotated.',
      resolved_by: { login: 'tester' },
    });
    await repository.write('b.txt', `${token}\n${webhook}\n`);
    const alerts = await listed(repository, 2);
    expect(alerts.map(({ state }) => state)).toEqual(['resolved', 'open']);
    const open = await octokit.secretScanning.listAlertsForRepo({
      ...repository.place,
      state: 'open',
    });
    expect(open.data.map(({ number }) => number)).toEqual([2]);
    await octokit.secretScanning.updateAlert({ ...alert, state: 'open' });
    expect(await listed(repository, 2)).toMatchObject([
      { state: 'open', resolution: null, resolved_by: null },
      { state: 'open' },
    ]);
  });

  it('is for callers with a token, and knows the alerts of its own repository only', async () => {
    const anonymous = createTestOctokit({ url: cloud.urls.github });
    const place = { owner: 'acme', repo: 'leaky' };
    await expect(
      anonymous.secretScanning.listAlertsForRepo(place),
    ).rejects.toMatchObject({ status: 401 });
    await expect(
      octokit.secretScanning.getAlert({ ...place, alert_number: 99 }),
    ).rejects.toMatchObject({ status: 404 });
  });

  it('repeats after a restart what a stop kept it from, and keeps what it had', async () => {
    const repository = await SecurityTestRepository.create({
      octokit,
      repo: 'restarted',
    });
    await repository.write('a.txt', `${token}\n`);
    // The scan of this push may not have begun when everything stops.
    await repository.write('b.txt', `${webhook}\n`);
    cloud = await cloud.restart();
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    const alerts = await listed(repository, 2);
    expect(alerts.map(({ secret }) => secret)).toEqual([token, webhook]);
  });
});
