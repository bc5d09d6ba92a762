import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildService } from './ChildService';
import { isPortFree } from './ports';

async function waitFor(check: () => Promise<boolean>) {
  while (!(await check())) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'services-'));
process.env.FORKYARD_DATA_DIR = folder;

const startService = (script: string) =>
  ChildService.start({
    name: 'example',
    command: process.execPath,
    args: ['-e', script],
    cwd: folder,
    env: process.env,
  });

describe('ChildService', () => {
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('keeps what the service prints and ends its whole process group', async () => {
    const service = await startService(
      `require('child_process').spawn(process.execPath, ['-e', 'const server = require("net").createServer().listen(0, "127.0.0.1", () => console.log("grandchild on " + server.address().port))'], { stdio: 'inherit' });
       setInterval(() => {}, 1000);`,
    );
    await service.waitUntil(
      async () => service.recentOutput.includes('grandchild'),
      60_000,
    );
    const port = Number(service.recentOutput.match(/grandchild on (\d+)/)![1]);
    await expect(isPortFree(port)).resolves.toBe(false);

    await service.stop();

    await expect(service.exited).resolves.toBeNull();
    await waitFor(() => isPortFree(port));
    await expect(
      readFile(join(folder, 'logs/example.log'), 'utf8'),
    ).resolves.toContain('grandchild');
  });

  it('tells the end of the log when the service ends while starting', async () => {
    const service = await startService(
      `console.error('the setting is missing'); process.exit(3)`,
    );

    await expect(service.waitUntil(async () => false, 60_000)).rejects.toThrow(
      /example ended while starting.*the setting is missing/s,
    );
  });

  it('ends a service that ignores the request to end', async () => {
    const service = await startService(
      `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`,
    );
    await service.waitUntil(
      async () => service.recentOutput.includes('up'),
      60_000,
    );

    await service.stop(200);

    await expect(service.exited).resolves.toBeNull();
  });
});
