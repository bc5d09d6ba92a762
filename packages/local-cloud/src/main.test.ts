import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMain } from './__testUtils__/startMain';

describe('local-cloud as a process', () => {
  let folder: string;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'local-cloud-main-'));
  });

  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.kill('SIGKILL');
    }
    await rm(folder, { recursive: true, force: true });
  });

  function start(environment: NodeJS.ProcessEnv) {
    const main = startMain(environment);
    started.push(main.child);
    return main;
  }

  it('says once that it is ready, keeps its data to itself, and ends cleanly on SIGTERM', async () => {
    const { child, ready, ended } = start({
      FORKYARD_DATA_DIR: folder,
      GITHUB_TOKEN: 'token-one',
      VERCEL_TOKEN: 'token-two',
    });
    const line = await ready;
    const [, github] = /github (\S+),/.exec(line) ?? [];
    for (const token of ['token-one', 'token-two']) {
      const response = await fetch(`${github}/user`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await response.json()).toMatchObject({ login: 'forkyard' });
    }
    const { mode } = await stat(path.join(folder, 'local-cloud'));
    expect((mode % 0o1000).toString(8)).toBe('700');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('names the variable that is missing or wrong and does not start', async () => {
    const missing = await start({ GITHUB_TOKEN: 'a', VERCEL_TOKEN: 'b' }).ended;
    const noToken = await start({ FORKYARD_DATA_DIR: folder }).ended;
    const wrongPort = await start({
      FORKYARD_DATA_DIR: folder,
      GITHUB_TOKEN: 'a',
      VERCEL_TOKEN: 'b',
      LOCAL_CLOUD_GITHUB_PORT: 'many',
    }).ended;
    expect([missing.code, noToken.code, wrongPort.code]).toEqual([1, 1, 1]);
    expect(missing.output).toContain('FORKYARD_DATA_DIR is not set');
    expect(noToken.output).toContain('GITHUB_TOKEN is not set');
    expect(wrongPort.output).toContain("LOCAL_CLOUD_GITHUB_PORT is 'many'");
    expect(existsSync(path.join(folder, 'local-cloud'))).toBe(false);
  });
});
