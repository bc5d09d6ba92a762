import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildService } from './ChildService';
import { RunningServices } from './RunningServices';

describe('RunningServices', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'running-'));
    process.env.FORKYARD_DATA_DIR = folder;
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const leave = (launcher: number, pid: number) =>
    writeFile(
      join(folder, 'running.json'),
      JSON.stringify({ launcher, services: [{ name: 'left', pid }] }),
    );

  const startChild = (marker: string) =>
    ChildService.start({
      name: 'left',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)', marker],
      cwd: folder,
      env: process.env,
    });

  it('ends the services that a killed launcher left behind', async () => {
    const child = await startChild('packages/local-cloud');
    await leave(2 ** 22 - 1, child.pid!);

    await new RunningServices(folder).claim();

    await child.exited;
  });

  it('leaves alone a process that has the id of a service by chance', async () => {
    const stranger = await startChild('another program');
    await leave(2 ** 22 - 1, stranger.pid!);

    await new RunningServices(folder).claim();

    expect(process.kill(stranger.pid!, 0)).toBe(true);
    await stranger.stop();
  });

  it('refuses a second launcher on one data folder, and forgets on release', async () => {
    const launcher = await startChild('packages/launcher');
    await leave(launcher.pid!, launcher.pid!);
    const second = new RunningServices(folder);

    await expect(second.claim()).rejects.toThrow(
      `A portal runs on this data folder already (process ${launcher.pid})`,
    );

    await launcher.stop();
    await second.claim();
    await second.add('backend', 1234);
    expect(await readFile(join(folder, 'running.json'), 'utf8')).toContain(
      '1234',
    );
    await second.release();
    await expect(readFile(join(folder, 'running.json'))).rejects.toThrow(
      'ENOENT',
    );
  });
});
