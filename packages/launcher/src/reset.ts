import { rm } from 'node:fs/promises';
import { getDataDir } from './paths';
import { assertPortsFree, portalPorts } from './ports';

/** Empties the data folder, so that the next start is a first one. */
export async function reset(): Promise<void> {
  await assertPortsFree(portalPorts).catch(error => {
    throw new Error(`Nothing was deleted. ${error.message}`);
  });
  const dataDir = getDataDir();
  await rm(dataDir, { recursive: true, force: true });
  process.stdout.write(`${dataDir} is empty. 'npm start' begins anew.\n`);
}
