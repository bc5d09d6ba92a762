import { execFile } from 'node:child_process';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Octokit } from '@octokit/rest';
import type { Webhooks } from '@octokit/webhooks';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';
import { until } from './__testUtils__/until';

interface Received {
  event: string;
  guid: string;
  signature: string;
  raw: string;
}

const secret = 'webhook-secret';

/** Asks the official verifier, in a process of its own since it only exists as an ES module. */
async function verify(
  ...[raw, signature]: Parameters<Webhooks['verify']>
): Promise<boolean> {
  const script = `
    import { Webhooks } from '@octokit/webhooks';
    const [secret, raw, signature] = process.argv.slice(1);
    process.stdout.write(String(await new Webhooks({ secret }).verify(raw, signature)));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script, secret, raw, signature],
    { cwd: __dirname },
  );
  return stdout === 'true';
}

describe('webhooks of the GitHub side', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let receiver: Server;
  let url: string;
  let received: Received[];
  let answers: number[];

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ webhookRetryMilliseconds: [20, 40] });
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        received.push({
          event: String(request.headers['x-github-event']),
          guid: String(request.headers['x-github-delivery']),
          signature: String(request.headers['x-hub-signature-256']),
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        response.writeHead(answers.shift() ?? 200).end('thanks');
      });
    });
    await new Promise<void>(resolve =>
      receiver.listen(0, '127.0.0.1', resolve),
    );
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });

  afterAll(async () => {
    await cloud.dispose();
    receiver.closeAllConnections();
    await new Promise(resolve => receiver.close(resolve));
  });

  beforeEach(() => {
    received = [];
    answers = [];
  });

  const createHooked = async (repo: string, events: string[]) => {
    await octokit.repos.createInOrg({ org: 'acme', name: repo });
    const { data } = await octokit.repos.createWebhook({
      owner: 'acme',
      repo,
      events,
      config: { url, content_type: 'json', secret },
    });
    return data;
  };

  const write = (repo: string, path: string) =>
    octokit.repos.createOrUpdateFileContents({
      owner: 'acme',
      repo,
      path,
      message: `Write ${path}`,
      content: '',
    });

  const find = (event: string) =>
    until(() => received.find(delivery => delivery.event === event));

  const delivered = (repo: string, hook_id: number, event: string) =>
    until(async () => {
      const { data } = await octokit.repos.listWebhookDeliveries({
        owner: 'acme',
        repo,
        hook_id,
      });
      return data.find(
        item => item.event === event && item.status_code === 200,
      );
    });

  it('pings a new hook and sends a push that the official verifier accepts', async () => {
    const hook = await createHooked('hooked', ['push', 'create']);
    expect(hook.config.secret).toBe('********');
    await find('ping');
    const { data } = await write('hooked', 'a.txt');
    const push = await find('push');
    const create = await find('create');
    expect(await verify(push.raw, push.signature)).toBe(true);
    expect(await verify(`${push.raw} `, push.signature)).toBe(false);
    expect(push.guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(JSON.parse(push.raw)).toMatchObject({
      ref: 'refs/heads/main',
      before: '0'.repeat(40),
      after: data.commit.sha,
      created: true,
      forced: false,
      pusher: { name: 'tester' },
      sender: { login: 'tester' },
      repository: { full_name: 'acme/hooked', master_branch: 'main' },
      head_commit: {
        id: data.commit.sha,
        added: ['a.txt'],
        message: 'Write a.txt',
      },
    });
    expect(JSON.parse(create.raw)).toMatchObject({
      ref: 'main',
      ref_type: 'branch',
    });
  });

  it('says in a push what was added, changed and removed, and that it was forced', async () => {
    await createHooked('details', ['push']);
    const place = { owner: 'acme', repo: 'details' };
    const first = await write('details', 'a.txt');
    await octokit.repos.deleteFile({
      ...place,
      path: 'a.txt',
      message: 'Remove',
      sha: first.data.content?.sha ?? '',
    });
    await octokit.git.updateRef({
      ...place,
      ref: 'heads/main',
      sha: first.data.commit.sha ?? '',
      force: true,
    });
    const payloads = await until(() => {
      const found = received.filter(({ event }) => event === 'push');
      return found.length === 3
        ? found.map(({ raw }) => JSON.parse(raw))
        : undefined;
    });
    expect(payloads[1].commits).toMatchObject([
      { removed: ['a.txt'], added: [] },
    ]);
    expect(payloads[2]).toMatchObject({ forced: true, commits: [] });
  });

  it('tries a failed delivery again with the same id and the same bytes', async () => {
    const hook = await createHooked('retried', ['push']);
    await delivered('retried', hook.id, 'ping');
    answers = [500, 503];
    await write('retried', 'a.txt');
    await delivered('retried', hook.id, 'push');
    const pushes = received.filter(({ event }) => event === 'push');
    expect(pushes).toHaveLength(3);
    expect(new Set(pushes.map(({ guid }) => guid)).size).toBe(1);
    expect(new Set(pushes.map(({ raw }) => raw)).size).toBe(1);
  });

  it('gives up after the last retry, keeps the answer, and redelivers on request', async () => {
    const hook = await createHooked('given-up', ['push']);
    const place = { owner: 'acme', repo: 'given-up', hook_id: hook.id };
    await delivered('given-up', hook.id, 'ping');
    answers = [500, 500, 410];
    await write('given-up', 'a.txt');
    const failed = await until(async () => {
      const { data } = await octokit.repos.listWebhookDeliveries(place);
      return data.find(item => item.status_code === 410);
    });
    expect(failed.status).toBe('Invalid HTTP Response: 410');
    const detail = await octokit.repos.getWebhookDelivery({
      ...place,
      delivery_id: failed.id,
    });
    expect(detail.data.response.payload).toBe('thanks');
    const again = await octokit.repos.redeliverWebhookDelivery({
      ...place,
      delivery_id: failed.id,
    });
    expect(again.status).toBe(202);
    const second = await delivered('given-up', hook.id, 'push');
    expect(second).toMatchObject({ guid: failed.guid, redelivery: true });
  });
});
