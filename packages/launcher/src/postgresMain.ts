import { readOrCreateLocalSecrets } from './localSecrets';
import { LocalPostgres } from './LocalPostgres';
import { getDataDir } from './paths';

/**
 * Runs PostgreSQL in a process of its own, because the library that starts it
 * takes over the signals of the process it lives in.
 */
async function main() {
  const dataDir = getDataDir();
  const secrets = await readOrCreateLocalSecrets(dataDir);
  const postgres = new LocalPostgres({ dataDir, secrets });
  await postgres.start();
  process.stdout.write('ready\n');
}

main().catch(error => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
