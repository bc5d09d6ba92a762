import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMain } from '../__testUtils__/startMain';
import { DrainReceiver } from './__testUtils__/DrainReceiver';
import { waitFor } from './__testUtils__/VercelTestCloud';

const TOKEN = 'token-of-the-crash';
interface Row {
  id: string;
  path: string;
}

describe('A local-cloud that is killed', () => {
  let folder: string;
  let receiver: DrainReceiver;
  let child: ChildProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-cloud-crash-'));
    receiver = await DrainReceiver.start();
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await receiver.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start() {
    const main = startMain({
      FORKYARD_DATA_DIR: folder,
      GITHUB_TOKEN: TOKEN,
      VERCEL_TOKEN: TOKEN,
    });
    ({ child } = main);
    const line = await main.ready;
    const [, api, gateway] = /vercel (\S+), gateway (\S+)$/.exec(line) ?? [];
    return { main, api, gateway };
  }

  async function call(api: string, path: string, body?: object) {
    const response = await fetch(new URL(path, api), {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  }

  async function countCharged(api: string): Promise<number> {
    const now = Date.now();
    const from = new Date(now - 86_400_000).toISOString();
    const to = new Date(now + 86_400_000).toISOString();
    const text = await call(api, `/v1/billing/charges?from=${from}&to=${to}`);
    return text
      .split('\n')
      .filter(line => line)
      .map(line => JSON.parse(line))
      .filter(({ ServiceName }) => ServiceName === 'Edge Requests')
      .reduce((sum, { ConsumedQuantity }) => sum + ConsumedQuantity, 0);
  }

  it('keeps what it has written each second, and counts nothing twice', async () => {
    const first = await start();
    await call(first.api, '/v11/projects', { name: 'site' });
    const { id } = JSON.parse(
      await call(first.api, '/v13/deployments', {
        name: 'site',
        project: 'site',
        target: 'production',
        files: [{ file: 'index.html', data: 'x' }],
      }),
    );
    await waitFor(async () =>
      (await call(first.api, `/v13/deployments/${id}`)).includes('"READY"'),
    );
    await call(first.api, '/v1/drains', {
      name: 'rows',
      projects: 'all',
      schemas: { log: { version: 'v1' } },
      delivery: {
        type: 'http',
        endpoint: receiver.url,
        encoding: 'ndjson',
        headers: {},
      },
    });
    let served = 0;
    const serve = async (count: number) => {
      for (const end = served + count; served < end; served += 1) {
        await ask(first.gateway, `/?${served}`);
      }
    };
    const listReceived = () =>
      new Map(
        receiver
          .rows<Row & { proxy: { path: string } }>()
          .map(row => [row.id, row.proxy.path]),
      );
    // What comes with a batch was written before, with what came earlier.
    const receiveAll = () => waitFor(() => listReceived().size === served);
    await serve(25);
    await receiveAll();
    await serve(1);
    await receiveAll();
    // What the receiver has taken and not confirmed comes again.
    receiver.behavior.push('lose');
    await serve(25);
    await waitFor(() => listReceived().size > 26);
    const safe = listReceived().size;
    await serve(5);
    child.kill('SIGKILL');
    await first.main.ended;

    const batches = receiver.batches.length;
    const second = await start();
    await waitFor(() => receiver.batches.length > batches);
    const rows = listReceived();
    expect(rows.size).toBeGreaterThanOrEqual(safe);
    const paths = [...rows.values()];
    expect(new Set(paths).size).toBe(paths.length);
    for (let index = 0; index < safe; index += 1) {
      expect(paths).toContain(`/?${index}`);
    }
    const charged = await countCharged(second.api);
    expect(charged).toBeGreaterThanOrEqual(26);
    expect(charged).toBeLessThanOrEqual(served);
    expect(await countCharged(second.api)).toBe(charged);
  });
});

function ask(gateway: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(
      new URL(path, gateway),
      { headers: { host: 'site.localhost' } },
      response => {
        response.resume();
        response.on('end', resolve);
      },
    ).on('error', reject);
  });
}
