import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ChildService } from './ChildService';
import { localPostgresUrls } from './LocalPostgres';
import { readOrCreateLocalSecrets } from './localSecrets';

const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
chmodSync(folder, 0o755);
process.env.FORKYARD_DATA_DIR = folder;

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function startPostgres() {
  const service = await ChildService.start({
    name: 'postgres',
    command: process.execPath,
    args: [
      '--require',
      require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
      join(__dirname, 'postgresMain.ts'),
    ],
    cwd: __dirname,
    env: process.env,
  });
  await service.waitUntil(
    async () => /^ready$/m.test(service.recentOutput),
    80_000,
  );
  const secrets = await readOrCreateLocalSecrets(folder);
  return { service, urls: localPostgresUrls(secrets) };
}

describe('LocalPostgres', () => {
  let running: ChildService | undefined;

  afterEach(async () => {
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps its data when it is killed, and keeps its two roles apart', async () => {
    const first = await startPostgres();
    running = first.service;
    const { portal, cloud } = first.urls;
    await query(portal, 'CREATE TABLE kept (value int)');
    await query(portal, 'INSERT INTO kept VALUES (42)');
    await query(cloud, `CREATE ROLE fork_a LOGIN PASSWORD 'x'`);
    await query(cloud, 'CREATE DATABASE fork_a OWNER fork_a');
    await expect(
      query(cloud.replace(/\/postgres$/, '/portal'), 'SELECT 1'),
    ).rejects.toThrow(/permission denied for database "portal"/);
    await first.service.stop(0);

    const second = await startPostgres();
    running = second.service;

    expect(second.urls).toEqual(first.urls);
    await expect(query(portal, 'SELECT value FROM kept')).resolves.toEqual([
      { value: 42 },
    ]);
  });
});
