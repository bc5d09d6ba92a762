import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DeploymentRuntime, type LaunchRequest } from './DeploymentRuntime';
import { LaunchError } from './DeploymentProcess';
import { findProcessStart } from './processGroups';
import type { RuntimeSettings } from './settings';

const SERVER = `
  const { createServer } = require('node:http');
  const { spawn } = require('node:child_process');
  const kept = [];
  createServer((request, response) => {
    if (request.url === '/crash') process.exit(3);
    if (request.url === '/grow') {
      setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 10);
    }
    if (request.url === '/child') {
      const child = spawn('sleep', ['600']);
      response.end(String(child.pid));
      return;
    }
    if (request.url === '/env') response.end(JSON.stringify(process.env));
    else response.end(String(process.pid));
  }).listen(process.env.PORT, () => console.log('listening'));
`;

async function waitFor<T>(probe: () => Promise<T | undefined> | T | undefined) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error('Waited too long');
    await delay(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('DeploymentRuntime', () => {
  let dataDir: string;
  let runtime: DeploymentRuntime;
  let lines: string[];
  let outOfMemory: jest.Mock;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'local-cloud-runtime-'));
    lines = [];
    outOfMemory = jest.fn();
  });
  afterEach(async () => {
    await runtime.stopAll();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(settings: Partial<RuntimeSettings> = {}) {
    runtime = await DeploymentRuntime.create({
      dataDir,
      settings: {
        watchMillis: 20,
        restartMillis: 10,
        readyTimeoutMillis: 60_000,
        ...settings,
      },
    });
  }

  async function app(source = SERVER): Promise<LaunchRequest> {
    const cwd = join(dataDir, 'deployments', 'dpl_a', 'app');
    await mkdir(cwd, { recursive: true });
    await writeFile(join(cwd, 'server.js'), source);
    return {
      deploymentId: 'dpl_a',
      plan: {
        kind: 'process',
        cwd,
        command: { file: process.execPath, args: ['server.js'] },
      },
      variables: { COLOR: 'blue' },
      onLine: line => lines.push(line),
      onOutOfMemory: outOfMemory,
      onUse: () => {},
    };
  }

  async function ask(request: LaunchRequest, path = '/'): Promise<string> {
    const upstream = await runtime.acquire(request);
    if (upstream.kind !== 'process') throw new Error('Not a process');
    try {
      const response = await fetch(`http://127.0.0.1:${upstream.port}${path}`);
      return await response.text();
    } finally {
      upstream.endUse();
    }
  }

  it('gives a process its variables and nothing of ours', async () => {
    await start();
    process.env.PORTAL_SECRET = 'ours';
    const env = JSON.parse(await ask(await app(), '/env'));
    delete process.env.PORTAL_SECRET;
    expect(env).toMatchObject({ COLOR: 'blue', HOSTNAME: '127.0.0.1' });
    expect(env.PORTAL_SECRET).toBeUndefined();
    expect(env.HOME.startsWith(dataDir)).toBe(true);
  });

  it('starts one process for requests that come together', async () => {
    await start();
    const request = await app();
    const pids = await Promise.all([1, 2, 3].map(() => ask(request)));
    expect(new Set(pids).size).toBe(1);
  });

  it('starts a crashed process again without a request', async () => {
    await start();
    const request = await app();
    const first = await ask(request);
    await expect(ask(request, '/crash')).rejects.toThrow('fetch failed');
    await waitFor(
      () => lines.filter(line => line === 'listening').length === 2,
    );
    await waitFor(() => runtime.isRunning('dpl_a') || undefined);
    expect(await ask(request)).not.toBe(first);
    expect(lines.join('\n')).toContain('The process exited with 3');
  });

  it('stops an idle process and wakes it with the next request', async () => {
    await start({ idleMillis: 60 });
    const request = await app();
    const first = Number(await ask(request));
    await waitFor(() => !isAlive(first) || undefined);
    expect(runtime.isRunning('dpl_a')).toBe(false);
    const second = Number(await ask(request));
    expect(second).not.toBe(first);
  });

  it('does not call a process idle while it is used', async () => {
    await start({ idleMillis: 30 });
    const upstream = await runtime.acquire(await app());
    if (upstream.kind !== 'process') throw new Error('Not a process');
    await delay(150);
    expect(runtime.isRunning('dpl_a')).toBe(true);
    upstream.endUse();
    await waitFor(() => !runtime.isRunning('dpl_a') || undefined);
  });

  it('ends a process that uses more memory than it may, and starts it again', async () => {
    await start({ memoryLimitMb: 150 });
    const request = await app();
    const first = Number(await ask(request));
    await ask(request, '/grow').catch(() => undefined);
    await waitFor(() => outOfMemory.mock.calls.length > 0 || undefined);
    await waitFor(() => !isAlive(first) || undefined);
    await waitFor(() => {
      return /it used \d+ MB of 150 MB/.test(lines.join('\n')) || undefined;
    });
    expect(Number(await ask(request))).not.toBe(first);
  });

  it('ends the whole process group', async () => {
    await start();
    const request = await app();
    const child = Number(await ask(request, '/child'));
    expect(isAlive(child)).toBe(true);
    await runtime.stop('dpl_a');
    await waitFor(() => !isAlive(child) || undefined);
  });

  it('keeps a process on loopback whatever address it asks for', async () => {
    await start();
    const upstream = await runtime.acquire(
      await app(`require('node:http').createServer((q, s) => s.end())
        .listen({ port: process.env.PORT, host: '0.0.0.0' });`),
    );
    if (upstream.kind !== 'process') throw new Error('Not a process');
    upstream.endUse();
    const outside = Object.values(networkInterfaces())
      .flat()
      .find(entry => entry?.family === 'IPv4' && !entry.internal);
    const host = outside?.address ?? '127.0.0.2';
    const socket = connect({ host, port: upstream.port });
    const [error] = await once(socket, 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('says why a process does not come up', async () => {
    await start({ readyTimeoutMillis: 300 });
    const silent = await app(`setInterval(() => {}, 1000)`);
    await expect(runtime.acquire(silent)).rejects.toThrow(
      /gave no HTTP answer .* PORT variable/,
    );
    await runtime.stopAll();
    await start();
    // It says much, and nothing on the stream that it closed.
    const broken = await app(`
      require('node:fs').closeSync(1);
      process.stderr.write('line\\n'.repeat(10_000));
      throw new Error('No config');`);
    await expect(runtime.acquire(broken)).rejects.toThrow(LaunchError);
    expect(lines.join('\n')).toContain('No config');
  });

  it('gives ports that the system gives nobody by itself', async () => {
    await start();
    const upstream = await runtime.acquire(await app());
    if (upstream.kind !== 'process') throw new Error('Not a process');
    upstream.endUse();
    expect(upstream.port).toBeGreaterThanOrEqual(20_000);
    expect(upstream.port).toBeLessThan(32_768);
  });

  it('ends processes that an unclean stop has left, and no others', async () => {
    const stale = spawn('sleep', ['600'], { detached: true });
    const stranger = spawn('sleep', ['600'], { detached: true });
    const records = join(dataDir, 'runtime', 'processes');
    await mkdir(records, { recursive: true });
    const write = (name: string, pid: number | undefined, begin?: string) =>
      writeFile(join(records, name), JSON.stringify({ pid, start: begin }));
    await write(
      'dpl_a-1.json',
      stale.pid,
      await findProcessStart(stale.pid ?? 0),
    );
    await write('dpl_b-1.json', stranger.pid, 'another time');
    await writeFile(join(records, 'dpl_c-1.json'), '{"pid":1,"start":"x"}');
    await writeFile(join(records, 'dpl_d-1.json'), 'half a rec');
    const ended = once(stale, 'exit');
    await start();
    await ended;
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
    expect(await readdir(records)).toEqual([]);
    stranger.kill('SIGKILL');
  });

  it('refuses ids that are no names of folders', async () => {
    await start();
    await expect(runtime.remove('../elsewhere')).rejects.toThrow(
      'is not the id of a deployment',
    );
  });
});
