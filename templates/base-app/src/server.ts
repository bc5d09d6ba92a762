import { fileURLToPath } from 'node:url';
import { serve, type ServerType } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { createApp } from './app.js';
import { createDependencies } from './dependencies.js';
import { log } from './observability/log.js';
import { readSettings, type Settings } from './settings.js';

const shutdownMs = 10_000;

function readSettingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    log('error', `Cannot start: ${(error as Error).message}`);
    return process.exit(1);
  }
}

const settings = readSettingsOrExit();
const dependencies = createDependencies(settings);
if (!settings.postgresUrl) {
  log('warn', 'POSTGRES_URL is not set: accounts are not available');
}

const files = serveStatic({
  root: fileURLToPath(new URL('../public', import.meta.url)),
});
const server: ServerType = serve(
  {
    fetch: createApp(dependencies, { files }).fetch,
    port: Number(process.env.PORT ?? 3000),
    hostname: process.env.HOSTNAME ?? '127.0.0.1',
  },
  ({ address, port }) => {
    log('info', `Listening on http://${address}:${port}`, {
      version: settings.version,
    });
    // Brings the schema up to date before the first user waits for it.
    void dependencies.database.check();
  },
);

server.on('error', error => {
  log('error', `Cannot listen: ${error.message}`);
  process.exit(1);
});

/** Lets running requests end, then gives everything back. */
async function stop(signal: string) {
  log('info', `Stopping on ${signal}`);
  setTimeout(() => process.exit(1), shutdownMs).unref();
  const closed = new Promise(resolve => server.close(resolve));
  if ('closeIdleConnections' in server) {
    server.closeIdleConnections();
  }
  await closed;
  await dependencies.close();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stop(signal));
}
