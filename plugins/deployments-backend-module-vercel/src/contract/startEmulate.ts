import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

/** Token that emulate knows from the start. */
export const EMULATE_TOKEN = 'test_token_admin';

const START_MS = 60_000;

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
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await exited;
  };
  try {
    await waitUntilReady(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}

async function waitUntilReady(child: {
  stdout: Readable;
  stderr: Readable;
}): Promise<void> {
  let output = '';
  child.stderr.on('data', chunk => {
    output += chunk;
  });
  const timer = setTimeout(() => child.stdout.destroy(), START_MS);
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.includes('Ready')) {
      clearTimeout(timer);
      return;
    }
  }
  throw new Error(`emulate did not start: ${output}`);
}

/** Its package exports nothing that could be resolved by name. */
function findMain(): string {
  const start = resolvePackagePath(
    '@forkyard/plugin-deployments-backend-module-vercel',
  );
  for (let folder = start; ; folder = dirname(folder)) {
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
