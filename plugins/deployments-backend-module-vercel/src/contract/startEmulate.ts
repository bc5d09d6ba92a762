import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** Token that emulate knows from the start. */
export const EMULATE_TOKEN = 'test_token_admin';

const START_MS = 20_000;

/**
 * Starts emulate's Vercel, which nobody of this project wrote, as a process of
 * its own: it cannot be loaded into Jest.
 */
export async function startEmulate(): Promise<{
  url: string;
  stop(): Promise<void>;
}> {
  const port = await findFreePort();
  const child = spawn(
    process.execPath,
    [findMain(), 'start', '--service', 'vercel', '--port', String(port)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  child.stderr.on('data', chunk => {
    output += chunk;
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await exited;
  };
  const signal = AbortSignal.timeout(START_MS);
  while (!output.includes('Ready')) {
    if (child.exitCode !== null || signal.aborted) {
      child.kill();
      throw new Error(`emulate did not start: ${output}`);
    }
    await Promise.race([
      once(child.stdout, 'data', { signal }).catch(() => {}),
      exited,
    ]);
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** Its package exports nothing that could be resolved by name. */
function findMain(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const main = join(folder, 'node_modules/emulate/dist/index.js');
    if (existsSync(main)) return main;
    if (folder === dirname(folder)) {
      throw new Error('emulate is not installed: run npm ci');
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
